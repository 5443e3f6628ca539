package graph

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

const (
	// timeUnit is how exactly the directory keeps the times it sets itself.
	timeUnit = time.Second

	// passwordLifetime is how long a password is valid unless the request says otherwise.
	passwordLifetime = 2 // years
)

var addPasswordBody = &entitytype.Type{Name: "addPasswordRequestBody", Resource: "addPassword", Properties: []entitytype.Property{
	{Name: "passwordCredential", Kind: entitytype.KindComplex, Complex: entitytype.PasswordCredential},
}}

// addPassword answers POST …/addPassword; see learn.microsoft.com/graph/api/application-addpassword.
func addPassword(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		body, err := r.decode(addPasswordBody, false)
		if err != nil {
			return err
		}
		given, _ := body.Properties["passwordCredential"].(map[string]any)
		var credential map[string]any
		var secret string
		err = r.change(func(txn *directory.Txn) error {
			object, err := r.writable(t)
			if err != nil {
				return err
			}
			changed := object.Clone()
			if credential, secret, err = r.newPassword(changed, given); err != nil {
				return err
			}
			if err := checkSize(changed); err != nil {
				return err
			}
			txn.Put(changed)
			return nil
		})
		if err != nil {
			return err
		}
		return r.answerWithContext(http.StatusOK, "microsoft.graph.passwordCredential", withSecret(credential, secret))
	}
}

// newPassword adds a password to an object that is being changed.
func (r *request) newPassword(object *directory.Object, given map[string]any) (credential map[string]any, secret string, err error) {
	if personalAccounts(object) && len(object.Items("passwordCredentials")) >= maximumPersonalPasswords {
		return nil, "", badRequest("The maximum number of password credentials for an application that supports personal Microsoft accounts is %d.", maximumPersonalPasswords)
	}
	credential = entitytype.PasswordCredential.New(given)
	if !r.date(credential) {
		return nil, "", failure(http.StatusBadRequest, "PasswordCredentialInvalidEndDate", "Password credential end date is invalid.")
	}
	if err := r.checkRestrictedPassword(object, credential); err != nil {
		return nil, "", err
	}
	secret = newSecret()
	id := uuid.NewString()
	credential["keyId"] = id
	credential["hint"] = secret[:3]
	existing, _ := object.Properties["passwordCredentials"].([]any)
	object.Properties["passwordCredentials"] = append(slices.Clone(existing), credential)
	if object.Passwords == nil {
		object.Passwords = map[string]string{}
	}
	object.Passwords[id] = secret
	return credential, secret, nil
}

// date says from when to when a password, or a key that is no certificate, is valid, unless the request does; and whether
// that can be.
func (r *request) date(credential map[string]any) bool {
	now := r.service.Now().UTC()
	if credential["startDateTime"] == nil {
		credential["startDateTime"] = entitytype.FormatTime(now)
	}
	if credential["endDateTime"] == nil {
		credential["endDateTime"] = entitytype.FormatTime(now.AddDate(passwordLifetime, 0, 0))
	}
	return moment(credential["startDateTime"]).Before(moment(credential["endDateTime"]))
}

// initialPasswords makes the passwords a new object is to have: the create of an application may describe them.
func (r *request) initialPasswords(object *directory.Object) (secrets map[string]string, err error) {
	wanted := object.Items("passwordCredentials")
	object.Properties["passwordCredentials"] = []any{}
	for _, given := range wanted {
		if _, _, err := r.newPassword(object, given); err != nil {
			return nil, err
		}
	}
	return object.Passwords, nil
}

// checkPasswords judges what an update makes of the passwords: it may leave some out, but cannot make new ones, or change
// those that are there (github.com/Azure/active-directory-dotnet-graphapi-b2bportal-web/issues/8).
func checkPasswords(before, after *directory.Object) error {
	kept := map[string]string{}
	credentials := []any{}
	for _, credential := range after.Items("passwordCredentials") {
		id, _ := credential["keyId"].(string)
		known := slices.IndexFunc(before.Items("passwordCredentials"), func(c map[string]any) bool { return c["keyId"] == id })
		if known < 0 {
			return newPasswords()
		}
		if err := unchanged(before.Items("passwordCredentials")[known], credential); err != nil {
			return err
		}
		credentials = append(credentials, before.Items("passwordCredentials")[known])
		kept[id] = before.Passwords[id]
	}
	after.Properties["passwordCredentials"] = credentials
	after.Passwords = kept
	return nil
}

func newPasswords() error {
	return badRequest("New password credentials must be generated with service actions.")
}

var removePasswordBody = &entitytype.Type{Name: "removePasswordRequestBody", Resource: "removePassword", Properties: []entitytype.Property{
	{Name: "keyId", Kind: entitytype.KindGUID, Required: true, NotNull: true},
}}

func removePassword(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		body, err := r.decode(removePasswordBody, true)
		if err != nil {
			return err
		}
		id := body.Properties["keyId"].(string)
		return r.apply(func(txn *directory.Txn) error {
			object, err := r.writable(t)
			if err != nil {
				return err
			}
			remaining, removed := without(object, "passwordCredentials", id)
			if _, known := without(r.seen(object), "passwordCredentials", id); !removed || !known {
				return badRequest("No password credential found with keyId.")
			}
			changed := object.Clone()
			changed.Properties["passwordCredentials"] = remaining
			delete(changed.Passwords, id)
			txn.Put(changed)
			return nil
		})
	}
}

// without returns a collection of credentials without the one of that key id.
func without(object *directory.Object, property, keyID string) (remaining []any, removed bool) {
	remaining = []any{}
	for _, credential := range object.Items(property) {
		if credential["keyId"] == keyID {
			removed = true
			continue
		}
		remaining = append(remaining, credential)
	}
	return remaining, removed
}

// withSecrets is the object as the answer to its create shows it: with the texts of its new passwords.
func withSecrets(object *directory.Object, secrets map[string]string) *directory.Object {
	if len(secrets) == 0 {
		return object
	}
	shown := object.Clone()
	credentials := []any{}
	for _, credential := range object.Items("passwordCredentials") {
		credentials = append(credentials, withSecret(credential, secrets[credential["keyId"].(string)]))
	}
	shown.Properties["passwordCredentials"] = credentials
	return shown
}

func withSecret(credential map[string]any, secret string) map[string]any {
	shown := maps.Clone(credential)
	shown["secretText"] = secret
	return shown
}

const secretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-~"

// newSecret makes a password of the length and form of Microsoft Entra ID's: 40 characters, the fourth to sixth "8Q~".
func newSecret() string {
	const length = 40
	random := make([]byte, 2*length)
	_, _ = rand.Read(random) // never fails
	var text strings.Builder
	for _, b := range random {
		if text.Len() == 3 {
			text.WriteString("8Q~")
		}
		if int(b) < 256/len(secretAlphabet)*len(secretAlphabet) && text.Len() < length {
			text.WriteByte(secretAlphabet[int(b)%len(secretAlphabet)])
		}
	}
	return text.String()
}

func moment(value any) time.Time {
	text, _ := value.(string)
	parsed, _ := time.Parse(time.RFC3339Nano, text) // the zero time for what is missing
	return parsed
}
