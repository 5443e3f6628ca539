package entitytype

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// apiSchema is a schema of Microsoft's metadata written as OpenAPI.
type apiSchema struct {
	Ref        string               `json:"$ref"`
	Type       string               `json:"type"`
	Format     string               `json:"format"`
	Nullable   bool                 `json:"nullable"`
	Enum       []string             `json:"enum"`
	AllOf      []apiSchema          `json:"allOf"`
	AnyOf      []apiSchema          `json:"anyOf"`
	Items      *apiSchema           `json:"items"`
	Properties map[string]apiSchema `json:"properties"`
	Unknown    string               `json:"x-nullability"`
}

func loadSchemas(t *testing.T, version Version) map[string]apiSchema {
	t.Helper()
	folder := os.Getenv("GRAPH_OPENAPI_DIR")
	if folder == "" {
		t.Skip("GRAPH_OPENAPI_DIR is not set: it names the folder with Microsoft Graph's metadata as OpenAPI")
	}
	content, err := os.ReadFile(filepath.Join(folder, "graph-workload-openapi."+version.String()+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Components struct {
			Schemas map[string]apiSchema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	return document.Components.Schemas
}

// elsewhere are properties of the metadata that a table leaves out: streams and what is read under a path of its own,
// what is not in this tenant, and what beta alone has and nobody here needs.
var elsewhere = map[string]bool{
	"application.logo":                                    true,
	"application.onPremisesPublishing":                    true,
	"application.signInAudienceRestrictions":              true,
	"application.windows":                                 true,
	"servicePrincipal.passwordSingleSignOnSettings":       true,
	"servicePrincipal.claimsPolicy":                       true,
	"servicePrincipal.permissionGrantPreApprovalPolicies": true,
	"webApplication.oauth2AllowImplicitFlow":              true,
	"servicePrincipalLockConfiguration.enforcementScope":  true,
	"customSecurityAttributeValue.@odata.type":            true,
	"unifiedRoleAssignment.resourceScope":                 true,
	"unifiedRoleDefinition.allowedPrincipalTypes":         true,

	"appManagementApplicationConfiguration.identifierUris":     true,
	"customAppManagementConfiguration.applicationRestrictions": true,

	// Of any type: the exemption of callers by custom security attributes.
	"excludeActors": true,
}

// Every table has the properties that Microsoft's metadata has, of the same kind and equally nullable, and no others.
func TestTables_areTheMetadata(t *testing.T) {
	for _, version := range []Version{V1, Beta} {
		schemas := loadSchemas(t, version)
		checked := map[*Type]bool{}
		var check func(table *Type)
		check = func(table *Type) {
			schema, known := schemas["microsoft.graph."+table.Name]
			if checked[table] || !known {
				return
			}
			checked[table] = true
			properties := schema.all(schemas)
			for name, property := range properties {
				if _, ok := table.Property(name, version); !ok && !elsewhere[table.Name+"."+name] && !elsewhere[name] && !strings.HasPrefix(name, "@") && !property.navigation(schemas) {
					t.Errorf("%s: %s has no row %s", version, table.Name, name)
				}
			}
			for i := range table.Properties {
				row := &table.Properties[i]
				if !row.In(version) {
					continue
				}
				property, ok := properties[row.Name]
				if !ok {
					if version == V1 || row.Only != nil {
						t.Errorf("%s: %s.%s is not in the metadata", version, table.Name, row.Name)
					}
					continue
				}
				row.compare(t, version.String()+": "+table.Name, property, schemas)
				if row.Complex != nil {
					check(row.Complex)
				}
			}
		}
		for _, table := range All {
			check(table)
		}
		if len(checked) < 20 {
			t.Errorf("%s: only %d types were compared", version, len(checked))
		}
	}
}

func (s apiSchema) all(schemas map[string]apiSchema) map[string]apiSchema {
	properties := map[string]apiSchema{}
	for _, part := range append([]apiSchema{s}, s.AllOf...) {
		if part.Ref != "" {
			maps.Copy(properties, schemas[strings.TrimPrefix(part.Ref, "#/components/schemas/")].all(schemas))
		}
		maps.Copy(properties, part.Properties)
	}
	return properties
}

// value is the schema of a property's value, or of a collection's items, with its reference.
func (s apiSchema) value(schemas map[string]apiSchema) (value apiSchema, name string) {
	if s.Items != nil {
		s = *s.Items
	}
	for _, alternative := range s.AnyOf {
		if alternative.Ref != "" {
			s = alternative
		}
	}
	name = strings.TrimPrefix(s.Ref, "#/components/schemas/")
	if name != "" {
		return schemas[name], strings.TrimPrefix(name, "microsoft.graph.")
	}
	return s, ""
}

// navigation reports whether the property leads to entities, which have ids.
func (s apiSchema) navigation(schemas map[string]apiSchema) bool {
	value, name := s.value(schemas)
	if name == "" {
		return s.Type == "" && len(s.AnyOf) == 0
	}
	_, hasID := value.all(schemas)["id"]
	return hasID && name != "appRole" && name != "permissionScope" && name != "addIn" && name != "resourceAccess" && name != "resourceSpecificPermission"
}

func (p *Property) compare(t *testing.T, where string, schema apiSchema, schemas map[string]apiSchema) {
	t.Helper()
	value, name := schema.value(schemas)
	if collection := schema.Items != nil; collection != p.Collection {
		t.Errorf("%s.%s: collection %v, metadata %v", where, p.Name, p.Collection, collection)
	}
	want := map[string]string{
		"string": "Edm.String", "string/uuid": "Edm.Guid", "string/date-time": "Edm.DateTimeOffset", "string/base64url": "Edm.Binary", "string/duration": "Edm.Duration",
		"boolean": "Edm.Boolean", "integer/int32": "Edm.Int32",
	}[strings.TrimSuffix(value.Type+"/"+value.Format, "/")]
	if name != "" && len(value.Enum) == 0 {
		want = "complex"
	}
	if p.Kind.String() != want {
		t.Errorf("%s.%s: kind %s, metadata %s", where, p.Name, p.Kind, want)
	}
	if p.Complex != nil && p.Complex.Name != name {
		t.Errorf("%s.%s: type %s, metadata %s", where, p.Name, p.Complex.Name, name)
	}
	for _, member := range p.Values {
		if name != "" && !slices.Contains(value.Enum, member) {
			t.Errorf("%s.%s: %s is no value of %s", where, p.Name, member, name)
		}
	}
	// Complex values are left out: where the metadata lets them be null the service has an empty one instead. So is beta,
	// whose nullability is partly unknown.
	if strings.HasPrefix(where, V1.String()) && !p.Collection && p.Complex == nil && schema.Unknown == "" && name == "" && p.NotNull == schema.Nullable {
		t.Errorf("%s.%s: nullable %v, metadata %v", where, p.Name, !p.NotNull, schema.Nullable)
	}
}
