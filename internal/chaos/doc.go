// Package chaos proves that the provider loses nothing and makes nothing twice. Every resource of the catalogue goes
// through every operation while the tenant fails in every way that package fault and the replicas know, and afterwards
// the next plan must be empty and the tenant must hold exactly what is declared.
//
// Each run has a tenant and a provider of its own in one testing/synctest bubble, with no network between them, so that
// hours of waiting pass in milliseconds. `make chaos` has each request of each operation fail in its turn, and prints what
// came of it as a matrix.
//
// A new resource needs nothing here but an entry in the table of samples, and the test fails until there is one.
package chaos
