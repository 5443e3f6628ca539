package graph

import (
	"bytes"
	"image"
	_ "image/gif"  // the formats a logo may have
	_ "image/jpeg" // as above
	_ "image/png"  // as above
	"net/http"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// maximumLogo is the largest logo, in bytes.
const maximumLogo = 100 << 10

func readLogo(r *request) error {
	application, err := r.resolve(applicationType, "application", "")
	if err != nil {
		return err
	}
	if application.Logo == nil {
		return failure(http.StatusNotFound, "ImageNotFound", "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.")
	}
	r.w.Header().Set("Content-Type", application.Logo.ContentType)
	r.w.WriteHeader(http.StatusOK)
	_, _ = r.w.Write(application.Logo.Content) // a client that went away
	return nil
}

func writeLogo(r *request) error {
	content, err := r.body()
	if err != nil {
		return err
	}
	_, format, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || len(content) > maximumLogo {
		return invalidValue("logo")
	}
	return r.setLogo(&directory.Media{ContentType: "image/" + format, Content: content})
}

func deleteLogo(r *request) error { return r.setLogo(nil) }

func (r *request) setLogo(logo *directory.Media) error {
	return r.apply(func(txn *directory.Txn) error {
		application, err := r.resolve(applicationType, "application", "")
		if err != nil {
			return err
		}
		changed := application.Clone()
		changed.Logo = logo
		var address any
		if logo != nil {
			address = r.base() + "/applications/" + changed.ID + "/logo"
		}
		info, _ := changed.Properties["info"].(map[string]any)
		changed.Properties["info"] = entitytype.Application.Merge(map[string]any{"info": info}, map[string]any{
			"info": map[string]any{"logoUrl": address},
		})["info"]
		txn.Put(changed)
		return mirror(txn, changed)
	})
}
