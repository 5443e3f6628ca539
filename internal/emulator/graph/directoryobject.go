package graph

import (
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// maximumIDs is how many objects getByIds returns.
const maximumIDs = 1000

func readDirectoryObject(r *request) error {
	object, err := r.directoryObject()
	if err != nil {
		return err
	}
	return r.showDirectoryObject(http.StatusOK, object)
}

// me refuses /me, which is the user of a delegated token: there are none here.
func me(*request) error {
	return failure(http.StatusBadRequest, "BadRequest", "/me request is only valid with delegated authentication flow.")
}

var getByIDsBody = &entitytype.Type{Name: "getByIdsRequestBody", Resource: "getByIds", Properties: []entitytype.Property{
	{Name: "ids", Kind: entitytype.KindString, Collection: true, Required: true, NotNull: true},
	{Name: "types", Kind: entitytype.KindString, Collection: true},
}}

// getByIDs answers POST /directoryObjects/getByIds; see learn.microsoft.com/graph/api/directoryobject-getbyids. Ids of
// objects that do not exist are passed over.
func getByIDs(r *request) error {
	body, err := r.decode(getByIDsBody, true)
	if err != nil {
		return err
	}
	query, err := odata.Parse(entitytype.DirectoryObject.OData(r.version), r.URL.Query(), r.Header)
	if err != nil {
		return err
	}
	ids := body.Properties["ids"].([]any)
	if len(ids) > maximumIDs {
		return badRequest("The number of ids specified exceeds the maximum of %d.", maximumIDs)
	}
	types, _ := body.Properties["types"].([]any)
	objects := []odata.Object{}
	seen := map[string]bool{}
	for _, item := range ids {
		id := strings.ToLower(item.(string))
		if !entitytype.IsGUID(id) {
			return badRequest("Invalid GUID:%s", item)
		}
		object, found := r.view.Get(id)
		if !found || object.Parent != "" || !isDirectoryObject(object) || seen[id] || len(types) > 0 && !namesType(types, object.Type) {
			continue
		}
		seen[id] = true
		objects = append(objects, query.Project(r.typed(object), r.related))
	}
	return r.answer(http.StatusOK, r.collection(entitytype.DirectoryObject.Set+query.Context(), objects))
}

func namesType(types []any, name string) bool {
	return slices.ContainsFunc(types, func(t any) bool {
		text, _ := t.(string)
		return strings.EqualFold(text, name) || strings.EqualFold(text, "directoryObject")
	})
}
