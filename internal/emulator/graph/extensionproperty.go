package graph

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

var extensionType = entitytype.ExtensionProperty

func extensionSet(application *directory.Object) string {
	return applicationType.Set + "('" + application.ID + "')/extensionProperties"
}

func readExtension(r *request) error {
	query, err := r.parseEntity(extensionType)
	if err != nil {
		return err
	}
	application, extension, err := r.extension()
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, extensionSet(application), extension, query)
}

// createExtension answers POST; see learn.microsoft.com/graph/api/application-post-extensionproperty. The name becomes
// extension_{appId without hyphens}_{name}.
func createExtension(r *request) error {
	body, err := r.decode(extensionType, true)
	if err != nil {
		return err
	}
	var application, extension *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		if application, err = r.resolve(applicationType, applicationType.Name, ""); err != nil {
			return err
		}
		extension = &directory.Object{
			ID: uuid.NewString(), Type: extensionType.Name, Parent: application.ID, Properties: extensionType.New(body.Properties),
		}
		name := "extension_" + strings.ReplaceAll(application.String("appId"), "-", "") + "_" + extension.String("name")
		for sibling := range txn.Children(application.ID, extensionType.Name) {
			if sibling.String("name") == name {
				return conflict("An extension property exists with the name %s.", name)
			}
		}
		extension.Properties["id"], extension.Properties["name"] = extension.ID, name
		extension.Properties["appDisplayName"] = application.Properties["displayName"]
		txn.Put(extension)
		return nil
	})
	if err != nil {
		return err
	}
	set := extensionSet(application)
	return r.created(extensionType, set, extension, r.base()+"/"+set+"/"+extension.ID)
}

func deleteExtension(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		_, extension, err := r.extension()
		if err != nil {
			return err
		}
		txn.Remove(extension)
		return nil
	})
}

// extension resolves the extension of the path and its application.
func (r *request) extension() (application, extension *directory.Object, err error) {
	if application, err = r.resolve(applicationType, applicationType.Name, ""); err != nil {
		return nil, nil, err
	}
	extension, err = r.resolve(extensionType, "extension", application.ID)
	return application, extension, err
}
