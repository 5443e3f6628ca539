package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// cut returns the Go source with the body of the function called name reduced to its last statement. The function must
// be what Kiota generates to choose a type: all that it returns is errors or new objects, and at last, where nothing
// else fits, an object of the type that it is named after. Anything else is an error: the SDK has changed.
func cut(source []byte, name string) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	body := find(file, name)
	if body == nil {
		return nil, fmt.Errorf("no function %s", name)
	}

	var objects []string
	for node := range ast.Preorder(body) {
		result, ok := node.(*ast.ReturnStmt)
		if !ok {
			continue
		}
		object, ok := returned(result)
		if !ok {
			return nil, fmt.Errorf("line %d: %s returns neither a new object nor an error", files.Position(result.Pos()).Line, name)
		}
		if object != "" {
			objects = append(objects, object)
		}
	}
	last, isReturn := body.List[len(body.List)-1].(*ast.ReturnStmt)
	base := strings.TrimSuffix(strings.TrimPrefix(name, "Create"), "FromDiscriminatorValue")
	if len(objects) < 2 || !isReturn || objects[len(objects)-1] != base {
		return nil, fmt.Errorf("%s does not choose among several types and end with %s, but returns %q", name, base, objects)
	}

	file.Comments = slices.DeleteFunc(file.Comments, func(c *ast.CommentGroup) bool {
		return body.Pos() < c.Pos() && c.End() < body.End()
	})
	body.List = []ast.Stmt{last}
	var result bytes.Buffer
	if err := format.Node(&result, files, file); err != nil {
		return nil, err
	}
	return result.Bytes(), nil
}

// find returns the body of a function, or nil where there is none or it is empty.
func find(file *ast.File, name string) *ast.BlockStmt {
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if ok && function.Recv == nil && function.Name.Name == name && function.Body != nil && len(function.Body.List) > 0 {
			return function.Body
		}
	}
	return nil
}

// returned says what `return NewThing(), nil` makes: Thing. For `return nil, err` that is nothing.
func returned(statement *ast.ReturnStmt) (object string, ok bool) {
	if len(statement.Results) != 2 {
		return "", false
	}
	if call, isCall := statement.Results[0].(*ast.CallExpr); isCall {
		constructor, isName := call.Fun.(*ast.Ident)
		if !isName || len(call.Args) > 0 || !isNil(statement.Results[1]) {
			return "", false
		}
		return strings.CutPrefix(constructor.Name, "New")
	}
	return "", isNil(statement.Results[0])
}

func isNil(e ast.Expr) bool {
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "nil"
}
