package federatedidentitycredential

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/userassignedidentity"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewCheckDataSource says which credential of an application or managed identity accepts a token.
func NewCheckDataSource() datasource.DataSource {
	return entity.DataSource[*verdict]{
		Noun: "federated_credential_check",
		Description: "Says which federated identity credential of an application or managed identity accepts a token, or, for each of them, why it does not, with the error of Microsoft Entra that a sign-in with the token ends in. " +
			"The token is given by its claims, of which `iss`, `sub`, `aud` and those in expressions count. They are stored in the state; a token itself does not belong there: `decode_token(file(\"token.jwt\"))` makes claims of it that nobody can sign in with. " +
			"Nothing is signed in. The token's signature, times and signing algorithm are not checked, so that an expired one from a log will do.",
		Table:       checkTable,
		Permissions: permissions,
		Required:    []string{"claims"},
		Keys:        []string{"application_id", "user_assigned_identity_id"},
		Read:        check,
	}.DataSource()
}

var checkTable = mapping.Table[*verdict]{
	mapping.Argument[*verdict]("application_id", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the application. Exactly one of `application_id` and `user_assigned_identity_id` is needed."}).ID(),
	mapping.Argument[*verdict]("user_assigned_identity_id", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.IdentityID()}, MarkdownDescription: "Id, in Azure, of the user-assigned managed identity."}),
	mapping.Argument[*verdict]("claims", schema.MapAttribute{Required: true, ElementType: types.StringType, MarkdownDescription: "The claims of the token, as `decode_token` returns them. Claims that are not text are JSON, such as a list of audiences."}),
	mapping.Bool("accepted", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether a credential accepts the token."}, func(v *verdict) *bool { return new(v.accepted != nil) }, nil),
	mapping.String("credential_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the credential that accepts the token, the first by name where several do. Null when none does."}, func(v *verdict) *string { return v.accepted }, nil),
	mapping.String("error_code", schema.StringAttribute{Computed: true, MarkdownDescription: "The code of the error that a sign-in with the token ends in, such as `AADSTS700213`. Null when a credential accepts the token."}, func(v *verdict) *string { return v.failure.codeOf() }, nil),
	mapping.String("error_message", schema.StringAttribute{Computed: true, MarkdownDescription: "The text of that error."}, func(v *verdict) *string { return v.failure.messageOf() }, nil),
	mapping.Map("credentials", schema.MapNestedAttribute{Computed: true, MarkdownDescription: "What each credential makes of the token, by its name."}, mapping.Table[*examined]{
		mapping.Bool("accepted", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the credential accepts the token."}, func(e *examined) *bool { return new(e.failure == nil) }, nil),
		mapping.String("error_code", schema.StringAttribute{Computed: true, MarkdownDescription: "The code of the error if this were the only credential. Null when it accepts the token."}, func(e *examined) *string { return e.failure.codeOf() }, nil),
		mapping.String("explanation", schema.StringAttribute{Computed: true, MarkdownDescription: "Everything in which the token is not as the credential wants it, and what may help. Null when it accepts the token."}, func(e *examined) *string { return e.explanation }, nil),
	}, mapping.Key[*examined]{Of: func(e *examined) string { return e.name }}, func(v *verdict) []*examined { return v.credentials }, nil, func() *examined { return &examined{} }),
}

func check(ctx context.Context, api *entity.Services, query entity.Query) (*verdict, error) {
	var trusted []trustedToken
	for credential, err := range list(ctx, api, query.Value) {
		if err != nil {
			return nil, err
		}
		trusted = append(trusted, trustOf(credential))
	}
	claims := map[string]string{}
	for name, value := range query.Get("claims").(types.Map).Elements() {
		if text, ok := value.(types.String); ok && !text.IsNull() {
			claims[name] = text.ValueString()
		}
	}
	if len(trusted) > 0 {
		return judge(claims, trusted), nil
	}
	// Only the error about a client that trusts nothing tells which it is.
	if inAzure(query.Value) {
		identity, err := userassignedidentity.ByID(ctx, api, query.String("user_assigned_identity_id"))
		if err != nil {
			return nil, err
		}
		return &verdict{failure: noCredentials(identity.String("client_id"), identity.String("name")), credentials: []*examined{}}, nil
	}
	owner, err := parent(api.Graph.V1(), query.Value).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: []string{"appId", "displayName"}},
	})
	if err != nil {
		return nil, err
	}
	var clientID, name string
	if id := owner.GetAppId(); id != nil {
		clientID = *id
	}
	if text := owner.GetDisplayName(); text != nil {
		name = *text
	}
	return &verdict{failure: noCredentials(clientID, name), credentials: []*examined{}}, nil
}

func noCredentials(clientID, name string) *signInError {
	return signInErrorf(70025, "The client '%s'(%s) has no configured federated identity credentials.", clientID, name)
}

func trustOf(credential entra) trustedToken {
	value := attributes.Value(credential)
	return trustedToken{
		name: value.String("name"), issuer: value.String("issuer"), subject: value.String("subject"),
		expression: value.String("claims_matching_expression"), audiences: credential.GetAudiences(),
	}
}
