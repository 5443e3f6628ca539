package application

import (
	"context"
	"encoding/base64"
	"net/http"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// putLogo uploads or removes the logo where it changed. It is a stream of its own in Graph.
// See https://learn.microsoft.com/graph/api/resources/application, property logo.
func putLogo(ctx context.Context, api *entity.Services, write *entity.Write[entra]) error {
	before, after := write.Prior.String("logo"), write.Plan.String("logo")
	if before == after {
		return nil
	}
	logo := item(api, write.Plan).Logo()
	if after == "" {
		return logo.Delete(ctx, nil)
	}
	image, err := base64.StdEncoding.DecodeString(after)
	if err != nil {
		return err // refused by the attribute's validator
	}
	headers := abstractions.NewRequestHeaders()
	headers.Add("Content-Type", http.DetectContentType(image))
	_, err = logo.Put(ctx, image, &applications.ItemLogoRequestBuilderPutRequestConfiguration{Headers: headers})
	return err
}
