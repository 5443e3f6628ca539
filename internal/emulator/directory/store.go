package directory

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-memdb"
)

// Store is a directory. It is safe for concurrent use.
type Store struct {
	database *memdb.MemDB
	journal  *file // nil: memory only
	writer   sync.Mutex
	current  atomic.Pointer[View]
	watch    func(*View)
}

// Open returns the directory kept in the file at path, which is made when missing; with an empty path, a new
// directory in memory.
func Open(path string, indexed Indexed) (*Store, error) {
	database, err := memdb.NewMemDB(schema(indexed))
	if err != nil {
		return nil, fmt.Errorf("preparing the directory: %w", err)
	}
	// A snapshot spares each change telling those who watch the database, of whom there are none.
	store := &Store{database: database.Snapshot()}
	database = store.database
	var kept []*Object
	var version uint64
	if path != "" {
		store.journal, err = openFile(path)
		if err != nil {
			return nil, err
		}
		if kept, version, err = store.journal.load(); err != nil {
			_ = store.journal.close()
			return nil, err
		}
	}
	txn := database.Txn(true)
	for _, object := range kept {
		if err := txn.Insert(table, object); err != nil {
			txn.Abort()
			_ = store.Close()
			return nil, fmt.Errorf("loading the directory: %w", err)
		}
	}
	txn.Commit()
	store.publish(version)
	return store, nil
}

// Close releases the file. Nothing is lost without it.
func (s *Store) Close() error {
	if s.journal == nil {
		return nil
	}
	return s.journal.close()
}

// View returns the directory as it is now.
func (s *Store) View() *View { return s.current.Load() }

func (s *Store) publish(version uint64) {
	s.current.Store(&View{txn: s.database.Txn(false), version: version})
}

// Watch has a function called with the directory after each change, one change at a time and in their order, before
// Update returns. It replaces the one that was given before.
func (s *Store) Watch(changed func(*View)) {
	s.writer.Lock()
	defer s.writer.Unlock()
	s.watch = changed
}

// Txn is a change in the making: a view that shows what was put so far.
type Txn struct {
	View
}

// Update runs change and, unless it returns an error, makes its effect durable and then visible, all at once.
func (s *Store) Update(change func(*Txn) error) error {
	s.writer.Lock()
	defer s.writer.Unlock()
	txn := s.database.Txn(true)
	defer txn.Abort() // without effect after Commit
	if s.journal != nil {
		txn.TrackChanges()
	}
	work := &Txn{View{txn: txn, version: s.View().version}}
	if err := change(work); err != nil {
		return err
	}
	if work.version == s.View().version {
		return nil
	}
	if s.journal != nil {
		if err := s.journal.save(txn.Changes(), work.version); err != nil {
			return err
		}
	}
	txn.Commit()
	s.publish(work.version)
	if s.watch != nil {
		s.watch(s.View())
	}
	return nil
}

// Put stores the object, new or changed; it belongs to the store from now on.
func (t *Txn) Put(object *Object) {
	t.version++
	object.Version = t.version
	if object.State == "" {
		object.State = Live
	}
	if err := t.txn.Insert(table, object); err != nil {
		panic(err) // a mistake in this package: the schema accepts every object that has an id and a type
	}
}

// Purge leaves nothing of the object but a mark that it was there.
func (t *Txn) Purge(object *Object) {
	t.Put(&Object{ID: object.ID, Type: object.Type, State: Purged, Properties: map[string]any{"id": object.ID}})
}

// Remove leaves nothing of the object.
func (t *Txn) Remove(object *Object) {
	t.version++
	if err := t.txn.Delete(table, object); err != nil {
		panic(err) // as in Put
	}
}

// Clear removes everything.
func (t *Txn) Clear() {
	t.version++
	if _, err := t.txn.DeleteAll(table, byIDPrefix, []byte(nil)); err != nil {
		panic(err) // as in Put
	}
}
