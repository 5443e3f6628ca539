// Package boundary is where the provider's answers leave it: a panic becomes an error of the call that it came in, with what
// was there before in its answer, and no text has a secret or a control character in it, whoever wrote it.
package boundary

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/mistake"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut"
)

// Server guards the answers of another one. Calls that say nothing to people and do nothing are passed on as they are.
type Server struct {
	shortcut.Framework
	// mask takes what is secret out of a text.
	mask func(text string) string
}

// New guards a server.
func New(next shortcut.Framework, mask func(text string) string) *Server { return &Server{next, mask} }

// call makes a call. keep completes the answer of one that ended in a panic.
func call[Q, R any](ctx context.Context, s *Server, name string, next func(context.Context, *Q) (*R, error), request *Q, keep func(*R)) (response *R, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			response, err = new(R), nil
			if keep != nil {
				keep(response)
			}
			add(response, failure(name, panicked))
		}
		s.clean(response)
	}()
	return next(ctx, request)
}

// failure is the error that a panic becomes.
func failure(doing string, panicked any) *tfprotov6.Diagnostic {
	return &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: mistake.Summary, Detail: mistake.Detail(doing, panicked)}
}

// diagnostics are those of any response; nil for one without.
func diagnostics(response any) *[]*tfprotov6.Diagnostic {
	value := reflect.ValueOf(response)
	if value.Kind() != reflect.Pointer || value.IsNil() {
		return nil
	}
	field := value.Elem().FieldByName("Diagnostics")
	if !field.IsValid() {
		return nil
	}
	all, _ := reflect.TypeAssert[*[]*tfprotov6.Diagnostic](field.Addr())
	return all
}

func add(response any, diagnostic *tfprotov6.Diagnostic) {
	if all := diagnostics(response); all != nil {
		*all = append(*all, diagnostic)
	}
}

// clean takes out of the texts of a response what must not reach a terminal.
func (s *Server) clean(response any) {
	all := diagnostics(response)
	if all == nil {
		return
	}
	for _, d := range *all {
		if d != nil {
			d.Summary, d.Detail = s.text(d.Summary), s.text(d.Detail)
		}
	}
}

func (s *Server) text(text string) string { return printable(short(s.mask(text))) }

const (
	// longest is how many bytes of a text are shown, and ending how many of these are its last: a value of a configuration, or the
	// answer of a service, may be of any length.
	longest = 16 << 10
	ending  = 2 << 10
)

// short is a text without its middle, where that is long.
func short(text string) string {
	if len(text) <= longest {
		return text
	}
	left, right := text[:longest-ending], text[len(text)-ending:]
	return fmt.Sprintf("%s … (%d bytes are left out) … %s", strings.ToValidUTF8(left, ""), len(text)-longest, strings.ToValidUTF8(right, ""))
}

// printable is a text without characters that a terminal would act upon: they are the answers' of whoever answers.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}
