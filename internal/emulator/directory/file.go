package directory

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/hashicorp/go-memdb"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// file keeps the directory in a bbolt database: each change is one transaction of it, synced before it is visible,
// so that the file is whole whenever the process is killed.
type file struct {
	database *bbolt.DB
}

var (
	objectsBucket  = []byte("objects")  // id -> Object as JSON
	metadataBucket = []byte("metadata") // what is below
	versionKeyName = []byte("version")  // big-endian uint64
)

// whole does something with the data file, of which a part may be missing or overwritten: reading it panics then, or faults.
func whole(path string, do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if broken := recover(); broken != nil {
			err = damaged(path, broken)
		}
	}()
	return do()
}

func damaged(path string, why any) error {
	return fmt.Errorf("the data file %s is damaged, or is no data file of entra-local (%v): move it away, and a new tenant is made in its place", path, why)
}

func openFile(path string) (opened *file, err error) {
	err = whole(path, func() (err error) {
		opened, err = openDatabase(path)
		return err
	})
	return opened, err
}

func openDatabase(path string) (*file, error) {
	database, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("opening the data file %s: another process has it open", path)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, damaged(path, err)
	case err != nil:
		return nil, fmt.Errorf("opening the data file %s: %w", path, err)
	}
	err = database.Update(func(tx *bbolt.Tx) error {
		_, objects := tx.CreateBucketIfNotExists(objectsBucket)
		_, metadata := tx.CreateBucketIfNotExists(metadataBucket)
		return errors.Join(objects, metadata)
	})
	if err != nil {
		_ = database.Close()
		return nil, fmt.Errorf("preparing the data file %s: %w", path, err)
	}
	return &file{database: database}, nil
}

func (f *file) close() error { return f.database.Close() }

func (f *file) load() (objects []*Object, version uint64, err error) {
	err = whole(f.database.Path(), func() (err error) {
		objects, version, err = f.read()
		return err
	})
	return objects, version, err
}

func (f *file) read() (objects []*Object, version uint64, err error) {
	err = f.database.View(func(tx *bbolt.Tx) error {
		if saved := tx.Bucket(metadataBucket).Get(versionKeyName); saved != nil {
			version = binary.BigEndian.Uint64(saved)
		}
		return tx.Bucket(objectsBucket).ForEach(func(id, content []byte) error {
			object := new(Object)
			if err := json.Unmarshal(content, object); err != nil {
				return fmt.Errorf("object %s: %w", id, err)
			}
			objects = append(objects, object)
			return nil
		})
	})
	if err != nil {
		return nil, 0, damaged(f.database.Path(), err)
	}
	return objects, version, nil
}

func (f *file) save(changes memdb.Changes, version uint64) error {
	err := f.database.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(objectsBucket)
		for _, change := range changes {
			if change.Deleted() {
				if err := bucket.Delete([]byte(change.Before.(*Object).ID)); err != nil {
					return err
				}
				continue
			}
			object := change.After.(*Object)
			content, err := json.Marshal(object)
			if err != nil {
				return err
			}
			if err := bucket.Put([]byte(object.ID), content); err != nil {
				return err
			}
		}
		return tx.Bucket(metadataBucket).Put(versionKeyName, binary.BigEndian.AppendUint64(nil, version))
	})
	if err != nil {
		return fmt.Errorf("writing the data file: %w", err)
	}
	return nil
}
