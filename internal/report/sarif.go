package report

import (
	"io"
	"net/url"
	"slices"
)

type (
	sarifText struct {
		Text string `json:"text"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifLog struct {
		Version string     `json:"version"`
		Schema  string     `json:"$schema"`
		Runs    []sarifRun `json:"runs"`
	}
)

// sarif writes a log of SARIF 2.1.0 with one run.
func (r Report) sarif(w io.Writer, found []finding) error {
	rules, results := []sarifRule{}, []sarifResult{}
	for _, f := range found {
		if !slices.Contains(rules, sarifRule{f.Rule}) {
			rules = append(rules, sarifRule{f.Rule})
		}
		one := sarifResult{RuleID: f.Rule, Level: f.Severity, Message: sarifText{f.message()}, Fingerprints: map[string]string{"pig/v1": f.fingerprint}}
		path, line := r.place(f)
		one.Locations = []sarifLocation{{sarifPhysical{sarifArtifact{(&url.URL{Path: path}).String()}, &sarifRegion{line, f.Column}}}}
		results = append(results, one)
	}
	return indented(w, sarifLog{"2.1.0", "https://json.schemastore.org/sarif-2.1.0.json", []sarifRun{{
		sarifTool{sarifDriver{"pig", r.Version, rules}}, "unicodeCodePoints", results,
	}}})
}
