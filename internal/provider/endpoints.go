package provider

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// trustedRoots are the system's certificate authorities and those of ca_certificate_file. Nil when there is no such file.
func trustedRoots(s settings) (*x509.CertPool, error) {
	if !s.isSet(caCertificateFile) {
		return nil, nil
	}
	content, err := s.readFile(caCertificateFile)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("the file of %s, %s, has no certificate in PEM", s[caCertificateFile].origin, s.text(caCertificateFile))
	}
	return roots, nil
}

// cloudOf is where the services are: those of metadata_host or environment. Its origins stay the audiences of tokens when
// endpoints say to send them elsewhere.
func cloudOf(ctx context.Context, s settings, transport http.RoundTripper) (graph.Cloud, error) {
	name := graph.PublicCloud
	if s.isSet(environment) {
		name = s.text(environment)
	}
	cloud, ok := graph.LookupCloud(name)
	if !ok {
		return cloud, isCloud(name)
	}
	if s.isSet(metadataHost) {
		discovered, err := graph.DiscoverCloud(ctx, transport, s.text(metadataHost))
		if err != nil {
			return cloud, fmt.Errorf("asking the host of %s where the cloud's services are: %w", s[metadataHost].origin, err)
		}
		cloud = discovered
	}
	if s.isSet(authority) {
		cloud = cloud.WithAuthority(s.text(authority))
	}
	return cloud, nil
}
