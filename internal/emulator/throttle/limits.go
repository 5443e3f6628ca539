package throttle

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Limit is how much may be used in any stretch of time of that length. One without Count is none.
type Limit struct {
	Count int
	Per   time.Duration
}

// Limits are the limits of a tenant; see learn.microsoft.com/graph/throttling-limits, "Identity and access service limits",
// and below, and for Resource Manager manager.go. The zero value is none at all.
type Limits struct {
	Units          Limit // resource units of an application in the tenant
	AppUnits       Limit // resource units of an application in all tenants
	Writes         Limit // writes of an application in the tenant
	AppWrites      Limit // writes of an application in all tenants
	TenantWrites   Limit // writes in the tenant
	PersonalWrites Limit // writes to applications for personal Microsoft accounts, in the tenant
	Keys           Limit // lists that select keyCredentials, in the tenant
	Protection     Limit // requests to identity protection and conditional access, in the tenant
	Reports        Limit // requests of an application to audit logs and reports, in the tenant

	ManagerReads   Limit // requests to Resource Manager by an application for a subscription: GET
	ManagerWrites  Limit // PUT, PATCH and POST
	ManagerDeletes Limit

	// Requests for user-assigned identities and, counted apart, for their federated identity credentials:
	IdentityPuts    Rates
	IdentityGets    Rates
	IdentityLists   Rates
	IdentityDeletes Rates
}

// Rates are the limits of an operation of a resource provider.
type Rates struct {
	Tenant       Limit
	Subscription Limit
	Resource     Limit // what the request's path names
}

// Small, Medium and Large are the limits of tenants with fewer than 50 users, up to 500, and more.
var (
	Small  = sized(3_500)
	Medium = sized(5_000)
	Large  = sized(8_000)
)

func sized(units int) Limits {
	return Limits{
		Units:          Limit{units, 10 * time.Second},
		AppUnits:       Limit{150_000, 20 * time.Second},
		Writes:         Limit{3_000, 150 * time.Second},
		AppWrites:      Limit{70_000, 5 * time.Minute},
		TenantWrites:   Limit{18_000, 5 * time.Minute},
		PersonalWrites: Limit{60, time.Minute},
		Keys:           Limit{150, time.Minute},
		Protection:     Limit{1, time.Second},
		Reports:        Limit{5, 10 * time.Second},

		ManagerReads:   Limit{250, 10 * time.Second},
		ManagerWrites:  Limit{200, 20 * time.Second},
		ManagerDeletes: Limit{200, 20 * time.Second},

		IdentityPuts:    Rates{Limit{10, time.Second}, Limit{2, time.Second}, Limit{1, 4 * time.Second}},
		IdentityGets:    Rates{Limit{30, time.Second}, Limit{10, time.Second}, Limit{1, 2 * time.Second}},
		IdentityLists:   Rates{Limit{15, time.Second}, Limit{5, time.Second}, Limit{1, 4 * time.Second}},
		IdentityDeletes: Rates{Limit{10, time.Second}, Limit{2, time.Second}, Limit{1, 4 * time.Second}},
	}
}

// All are the limits by their names, those in force.
func (l Limits) All() map[string]Limit {
	limits := map[string]Limit{}
	for name, limit := range l.fields() {
		if limit.Count > 0 {
			limits[name] = *limit
		}
	}
	return limits
}

func (l *Limits) fields() map[string]*Limit {
	fields := map[string]*Limit{
		"units": &l.Units, "appUnits": &l.AppUnits, "writes": &l.Writes, "appWrites": &l.AppWrites, "tenantWrites": &l.TenantWrites,
		"personalWrites": &l.PersonalWrites, "keys": &l.Keys, "protection": &l.Protection, "reports": &l.Reports,
		"managerReads": &l.ManagerReads, "managerWrites": &l.ManagerWrites, "managerDeletes": &l.ManagerDeletes,
	}
	for name, rates := range map[string]*Rates{
		"identityPuts": &l.IdentityPuts, "identityGets": &l.IdentityGets, "identityLists": &l.IdentityLists, "identityDeletes": &l.IdentityDeletes,
	} {
		fields[name], fields[name+"InSubscription"], fields[name+"OfResource"] = &rates.Tenant, &rates.Subscription, &rates.Resource
	}
	return fields
}

// Divided returns the limits with each count divided by a number, but none below 1: a tenant so small that a test reaches
// its limits.
func (l Limits) Divided(by int) Limits {
	for _, limit := range l.fields() {
		if limit.Count > 0 {
			limit.Count = max(1, limit.Count/by)
		}
	}
	return l
}

// Parse parses the size of a tenant, S, M or L, which may be divided: "S/50" is a fiftieth of each limit. "off" is no limits.
func Parse(text string) (Limits, error) {
	size, divisor, divided := strings.Cut(text, "/")
	limits, known := map[string]Limits{"s": Small, "m": Medium, "l": Large, "off": {}}[strings.ToLower(size)]
	by := 1
	if divided {
		var err error
		if by, err = strconv.Atoi(divisor); err != nil || by < 1 {
			known = false
		}
	}
	if !known {
		return Limits{}, fmt.Errorf("%q is not the size of a tenant: S, M or L, or a part of one such as S/50, or off", text)
	}
	return limits.Divided(by), nil
}
