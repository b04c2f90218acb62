package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// baselineSetting is where a database keeps which baseline ran through last, so that an edit of it is noticed.
const baselineSetting = "pig.baseline"

// baselineMark stands for a baseline.
func baselineMark(sql string) string {
	sum := sha256.Sum256([]byte(sql))
	return hex.EncodeToString(sum[:8])
}

// baseline runs the declared SQL, and notes that it did when that has run through.
func (s *Step) baseline(d Database) {
	if d.Baseline != "" {
		s.attr("baseline", "", fmt.Sprintf("%d bytes of SQL", len(d.Baseline)))
		s.do(d.Baseline+"\n", "ALTER DATABASE "+Ident(d.Name)+" SET "+Ident(baselineSetting)+" = "+Literal(baselineMark(d.Baseline)))
	}
}
