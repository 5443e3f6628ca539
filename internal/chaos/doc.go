// Package chaos proves that the provider loses nothing and makes nothing twice.
//
// TestMatrix takes every resource of the catalogue through every operation while the tenant fails in every way that
// package fault, the throttle and the replicas know; afterwards the next plan must be empty and the tenant must hold
// exactly what is declared. Each run has a tenant and a provider of its own in one testing/synctest bubble, with no network
// between them, so that hours of waiting pass in milliseconds. A new resource needs nothing here but an entry in the table
// of samples, and the test fails until there is one.
//
// TestCLI, TestKill and TestInterrupt run Terraform or OpenTofu, in real time and with real processes: this program is the
// provider too, when a CLI starts it as one. Fifty applications with their service principals and credentials are applied,
// planned and destroyed while everything fails at once; Terraform or the provider is killed at fifty moments, and
// at two dozen more while passwords, certificates and grants are made, changed and removed among those of others; Ctrl-C is
// pressed while commands are under way. After each kill and interrupt the same command, given again, must end well.
//
// `make chaos` has each request of each operation fail in its turn, and the CLI do all of that. It prints what came of it
// as a matrix and lists, what has been left over by the kills among them, and counts the cells. In `go test` each cell of
// the matrix has one run, and the CLI little to do.
package chaos
