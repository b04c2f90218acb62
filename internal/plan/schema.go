package plan

import (
	"reflect"
	"slices"
	"strings"

	"pig/internal/node"
)

// Schema is a JSON Schema (draft-07) of documents, made of their types.
func Schema() map[string]any {
	s := &schemaOf{definitions: map[string]any{}}
	top := s.object(reflect.TypeFor[Document]())
	top["$schema"] = "http://json-schema.org/draft-07/schema#"
	top["$id"] = "urn:pig:plan:" + DocumentVersion
	top["title"] = "a plan of pig"
	top["definitions"] = s.definitions
	return top
}

// FieldNames are the names of all fields of a document.
func FieldNames() (names []string) {
	s := &schemaOf{definitions: map[string]any{}}
	objects := []any{s.object(reflect.TypeFor[Document]())}
	for _, d := range s.definitions {
		objects = append(objects, d)
	}
	for _, o := range objects {
		for name := range o.(map[string]any)["properties"].(map[string]any) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

type schemaOf struct{ definitions map[string]any }

func (s *schemaOf) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for f := range t.Fields() {
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		one := s.value(f.Type)
		if f.Tag.Get("enum") == "impact" {
			one["enum"] = impactWords()
		}
		if one["$ref"] != nil { // draft-07 reads nothing beside a reference
			one = map[string]any{"allOf": []any{one}}
		}
		one["description"] = f.Tag.Get("doc")
		properties[name] = one
		if option != "omitempty" {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

func (s *schemaOf) value(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[Fields]():
		return map[string]any{"type": []string{"object", "null"}, "additionalProperties": map[string]any{"type": []string{"string", "null"}}}
	case t.Kind() == reflect.Pointer:
		return s.value(t.Elem())
	case t.Kind() == reflect.Slice:
		return map[string]any{"type": "array", "items": s.value(t.Elem())}
	case t.Kind() == reflect.Struct:
		if s.definitions[t.Name()] == nil {
			s.definitions[t.Name()] = s.object(t)
		}
		return map[string]any{"$ref": "#/definitions/" + t.Name()}
	case t.Kind() == reflect.Bool:
		return map[string]any{"type": "boolean"}
	case t.Kind() == reflect.Int:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	return map[string]any{"type": "string"}
}

func impactWords() (words []string) {
	for i := node.ImpactNone; i <= node.ImpactDataLoss; i++ {
		words = append(words, ImpactWord(i))
	}
	return words
}
