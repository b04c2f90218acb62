// Package yaml reads YAML as Ansible does, and writes it as Ansible's to_yaml does.
//
// Ansible's YAML is PyYAML's: version 1.1, where yes is true, 0644 is octal, 1e3 is a string and 1:20 is 80. The parser
// underneath speaks 1.2, so this package takes only its node tree and decides by itself what each scalar is. Mappings
// keep their order and every key, value and item keeps its place in the file.
package yaml

import (
	"bytes"
	"errors"
	"io"

	yamlv3 "go.yaml.in/yaml/v3"

	"pig/internal/diag"
	"pig/internal/value"
)

// Options say how a text is read. The zero value is what Ansible does.
type Options struct {
	// Strict makes a duplicate key an error. Otherwise the last one wins, with a warning.
	Strict bool
	// Vault decrypts the text of a !vault scalar. Without it such a scalar is an error.
	Vault func(ciphertext string) (string, error)
	// Closed lets such a scalar be without Vault: whoever uses its value gets the error.
	Closed bool
	// Secret says that all values are secrets: no fault quotes any, and no line is shown.
	Secret bool
}

// Parse reads the one document of text. An empty text is nil. The warnings are about what is legal and yet likely a
// mistake: duplicate keys, base 60 numbers. A fault of the text is a *diag.Diagnostic.
func Parse(text []byte, file string, opts Options) (value.Value, diag.List, error) {
	// Ansible tries JSON first, where 1e3 is a number and "\/" an escape.
	if v, twice, ok := parseIfJSON(text, file, opts); ok {
		if opts.Strict && len(twice) > 0 {
			return nil, nil, twice[0]
		}
		return v, twice, nil
	}
	docs, warnings, err := readDocuments(text, file, opts, 2)
	if err != nil {
		return nil, warnings, err
	}
	switch len(docs) {
	case 0:
		return nil, warnings, nil
	case 1:
		return docs[0].val, warnings, nil
	}
	err = diag.Errorf(docs[1].pos, "expected a single document in the stream but found another document").
		WithHint("a line with --- starts a second document: remove it, or split the file")
	return nil, warnings, err
}

// ParseAll reads all documents of text.
func ParseAll(text []byte, file string, opts Options) ([]value.Value, diag.List, error) {
	docs, warnings, err := readDocuments(text, file, opts, -1)
	if err != nil {
		return nil, warnings, err
	}
	vals := make([]value.Value, len(docs))
	for i, d := range docs {
		vals[i] = d.val
	}
	return vals, warnings, nil
}

type document struct {
	val value.Value
	pos diag.Pos
}

// readDocuments is parseDocuments, with faults that tell no secret.
func readDocuments(text []byte, file string, opts Options, limit int) ([]document, diag.List, error) {
	docs, warnings, err := parseDocuments(text, file, opts, limit)
	for _, w := range warnings {
		hush(w, text, opts.Secret)
	}
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		hush(d, text, opts.Secret)
	}
	return docs, warnings, err
}

// parseDocuments reads up to limit documents, all of them if it is negative.
func parseDocuments(text []byte, file string, opts Options, limit int) ([]document, diag.List, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	src := &source{text: text}
	dec := yamlv3.NewDecoder(src)
	var docs []document
	var warnings diag.List
	for limit < 0 || len(docs) < limit {
		var node yamlv3.Node
		err := dec.Decode(&node)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, warnings, syntaxError(err, text, src.read, file)
		}
		b := &builder{file: file, opts: opts, text: text}
		v, err := b.document(&node)
		warnings = append(warnings, b.warnings...)
		if err != nil {
			return nil, warnings, err
		}
		docs = append(docs, document{v, b.pos(&node)})
	}
	return docs, warnings, nil
}

// source hands the text out line by line, so that where the parser stopped tells where the fault is: its own messages
// name a line at best, often of the context and not of the fault.
type source struct {
	text []byte
	read int
}

func (s *source) Read(p []byte) (int, error) {
	if s.read >= len(s.text) {
		return 0, io.EOF
	}
	rest := s.text[s.read:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i+1]
	}
	n := copy(p, rest)
	s.read += n
	return n, nil
}
