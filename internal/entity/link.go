package entity

import "github.com/microsoftgraph/msgraph-sdk-go/models"

// Reference is the address by which Graph's @odata.bind and $ref bodies name a directory object.
// See https://learn.microsoft.com/graph/api/application-post-owners.
func Reference(api *Services, id string) string {
	return api.Graph.Endpoint() + "/v1.0/directoryObjects/" + id
}

// ReferenceTo is the body that adds a link.
func ReferenceTo(api *Services, id string) models.ReferenceCreateable {
	body := models.NewReferenceCreate()
	body.SetOdataId(new(Reference(api, id)))
	return body
}

// Expand asks for the ids of the owners with the object itself, where they are wanted.
func (q Query) Expand() []string {
	if !q.Links {
		return nil
	}
	return []string{"owners($select=id)"}
}
