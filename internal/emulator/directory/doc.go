// Package directory keeps the objects of the local tenant: in memory, versioned, and, when a file is given, on disk.
//
// Readers take a [View], an immutable picture of the whole directory that costs nothing to take and stays as it is
// however long it is held. Writers run one at a time in [Store.Update]; a change is on disk before anyone sees it.
package directory
