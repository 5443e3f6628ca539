package graph

import (
	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

var unitType = entitytype.AdministrativeUnit

// Permissions for administrative units, after the pages of their operations below learn.microsoft.com/graph/api.
const administrativeUnitReadWrite = "AdministrativeUnit.ReadWrite.All"

var (
	readUnits  = permissions{anyOf: []string{"AdministrativeUnit.Read.All", administrativeUnitReadWrite, directoryReadAll, directoryReadWriteAll}}
	writeUnits = permissions{anyOf: []string{administrativeUnitReadWrite, directoryReadWriteAll}}
)

// createUnit answers POST /directory/administrativeUnits; see
// learn.microsoft.com/graph/api/directory-post-administrativeunits.
func createUnit(r *request) error {
	body, err := r.decode(unitType, true)
	if err != nil {
		return err
	}
	unit := &directory.Object{ID: uuid.NewString(), Type: unitType.Name, Properties: unitType.New(body.Properties)}
	unit.Properties["id"] = unit.ID
	if unit.Properties["isMemberManagementRestricted"] == nil {
		unit.Properties["isMemberManagementRestricted"] = false
	}
	if err := checkUnit(unit); err != nil {
		return err
	}
	err = r.change(func(txn *directory.Txn) error {
		txn.Put(unit)
		return nil
	})
	if err != nil {
		return err
	}
	return r.created(unitType, unitType.Set, unit, r.base()+"/"+unitType.Set+"/"+unit.ID)
}

// checkUnit wants a rule where, and only where, members are there by a rule.
func checkUnit(unit *directory.Object) error {
	if dynamic := unit.String("membershipType") == "Dynamic"; dynamic != (unit.String("membershipRule") != "") {
		return badRequest("Invalid value specified for property 'membershipRule' of resource 'AdministrativeUnit'.")
	}
	return nil
}

func updateUnit(r *request) error {
	body, err := r.decode(unitType, false)
	if err != nil {
		return err
	}
	return r.apply(func(txn *directory.Txn) error {
		unit, err := r.resolve(unitType, "unit", "")
		if err != nil {
			return err
		}
		changed := unit.Clone()
		changed.Properties = unitType.Merge(unit.Properties, body.Properties)
		if err := checkUnit(changed); err != nil {
			return err
		}
		txn.Put(changed)
		return nil
	})
}

// deleteUnit answers DELETE; see learn.microsoft.com/graph/api/administrativeunit-delete. Roles given for the unit go with it.
func deleteUnit(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		unit, err := r.resolve(unitType, "unit", "")
		if err != nil {
			return err
		}
		r.softDelete(txn, unit)
		return nil
	})
}
