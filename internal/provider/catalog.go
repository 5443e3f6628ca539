package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/functions"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/accesstoken"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/apiaccess"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/applicationpart"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/approleassignment"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/azureroleassignment"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/azureroledefinition"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/certificate"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/clientconfig"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/credential"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/customdirectoryrole"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/delegatedpermissiongrant"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryrole"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/directoryroleassignment"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/federatedidentitycredential"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/group"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/groupmember"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/managedidentity"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/managementgroup"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/password"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipalaccess"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/user"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/userassignedidentity"
)

// What the provider offers. Nothing is offered that is not in these lists.
var (
	resources = []func() resource.Resource{
		apiaccess.NewResource,
		application.NewResource,
		applicationpart.NewAppRoleResource,
		applicationpart.NewFallbackPublicClientResource,
		applicationpart.NewIdentifierURIResource,
		applicationpart.NewKnownClientResource,
		applicationpart.NewOptionalClaimsResource,
		applicationpart.NewOwnerResource,
		applicationpart.NewPermissionScopeResource,
		applicationpart.NewPreAuthorizedClientResource,
		applicationpart.NewRedirectURIsResource,
		applicationpart.NewRequiredAPIAccessResource,
		approleassignment.NewResource,
		azureroleassignment.NewResource,
		certificate.NewApplicationResource,
		certificate.NewServicePrincipalResource,
		customdirectoryrole.NewResource,
		delegatedpermissiongrant.NewResource,
		directoryroleassignment.NewResource,
		federatedidentitycredential.NewResource,
		groupmember.NewResource,
		password.NewApplicationResource,
		password.NewServicePrincipalResource,
		serviceprincipal.NewResource,
		userassignedidentity.NewResource,
	}

	dataSources = []func() datasource.DataSource{
		api.NewDataSource,
		application.NewCollectionDataSource,
		application.NewDataSource,
		azureroledefinition.NewCollectionDataSource,
		azureroledefinition.NewDataSource,
		clientconfig.NewDataSource,
		credential.NewDataSource,
		directoryrole.NewDataSource,
		federatedidentitycredential.NewCheckDataSource,
		federatedidentitycredential.NewCollectionDataSource,
		federatedidentitycredential.NewDataSource,
		group.NewCollectionDataSource,
		group.NewDataSource,
		managedidentity.NewDataSource,
		managementgroup.NewCollectionDataSource,
		managementgroup.NewDataSource,
		serviceprincipal.NewCollectionDataSource,
		serviceprincipal.NewDataSource,
		serviceprincipalaccess.NewDataSource,
		user.NewCollectionDataSource,
		user.NewDataSource,
		userassignedidentity.NewCollectionDataSource,
		userassignedidentity.NewDataSource,
	}

	listResources = []func() list.ListResource{}

	ephemeralResources = []func() ephemeral.EphemeralResource{
		accesstoken.NewEphemeralResource,
		password.NewApplicationEphemeralResource,
	}

	providerFunctions = []func() function.Function{
		functions.NewAWSSubject,
		functions.NewAzureDevOpsSubject,
		functions.NewBuildkiteSubject,
		functions.NewCircleCISubject,
		functions.NewDecodeToken,
		functions.NewGitHubExpression,
		functions.NewGitHubSubject,
		functions.NewGitLabExpression,
		functions.NewGitLabSubject,
		functions.NewGoogleCloudSubject,
		functions.NewIssuerURL,
		functions.NewKubernetesSubject,
		functions.NewMatchesClaims,
		functions.NewMatchesSubject,
		functions.NewSPIFFESubject,
		functions.NewTerraformCloudExpression,
		functions.NewTerraformCloudSubject,
	}

	actions = []func() action.Action{}
)
