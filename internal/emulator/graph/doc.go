// Package graph is the local tenant's Microsoft Graph: the paths below /v1.0 and /beta. It knows what each operation
// needs and does; what an object is made of is in package entitytype, where it is kept in package directory, and how
// collections are queried in package odata.
//
// Written from Microsoft Graph's reference, learn.microsoft.com/graph/api/overview.
package graph
