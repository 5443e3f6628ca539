package graph

import (
	"slices"

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

// unitMembers is where an administrative unit remembers its members.
const unitMembers = "members"

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

// addUnitMember answers POST …/members/$ref; see learn.microsoft.com/graph/api/administrativeunit-post-members.
func addUnitMember(r *request) error {
	address, err := r.referenceBody()
	if err != nil {
		return err
	}
	return r.changeMembers(func(unit *directory.Object) ([]string, error) {
		member, err := r.reference(address)
		if err != nil {
			return nil, err
		}
		members := unit.Private[unitMembers]
		switch {
		case member.Type != entitytype.User.Name && member.Type != entitytype.Group.Name:
			return nil, badRequest("The reference target '%s_%s' of type '%s' is invalid for the 'members' reference.",
				entitytype.All[member.Type].Resource, member.ID, entitytype.All[member.Type].Resource)
		case slices.Contains(members, member.ID):
			return nil, conflictingObject()
		}
		return append(slices.Clone(members), member.ID), nil
	})
}

func removeUnitMember(r *request) error {
	id, err := r.referencedKey("member")
	if err != nil {
		return err
	}
	return r.changeMembers(func(unit *directory.Object) ([]string, error) {
		members := unit.Private[unitMembers]
		if !slices.Contains(members, id) || !slices.Contains(r.seen(unit).Private[unitMembers], id) {
			return nil, notFound(id)
		}
		return slices.DeleteFunc(slices.Clone(members), func(member string) bool { return member == id }), nil
	})
}

func (r *request) changeMembers(change func(unit *directory.Object) ([]string, error)) error {
	return r.apply(func(txn *directory.Txn) error {
		unit, err := r.resolve(unitType, "unit", "")
		if err != nil {
			return err
		}
		members, err := change(unit)
		if err != nil {
			return err
		}
		changed := unit.Clone()
		changed.Private = map[string][]string{unitMembers: members}
		txn.Put(changed)
		return nil
	})
}
