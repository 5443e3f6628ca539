package directory

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
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

func openFile(path string) (*file, error) {
	database, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("opening the data file %s: another process has it open", path)
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
		return nil, 0, fmt.Errorf("reading the data file: %w", err)
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
