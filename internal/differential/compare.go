package differential

// Verdict is how far two answers agree.
type Verdict struct {
	Equal, Total int
	// Differ are statements with - that are missing, and with + that are too many.
	Differ []string
}

// Compare counts the statements of want that got has too, in the same order; what got has besides counts against it.
func Compare(want, got Answer) Verdict {
	v := compare(Statements(want.Output), Statements(got.Output))
	f := compare(FileStatements(want.Files), FileStatements(got.Files))
	return Verdict{v.Equal + f.Equal, v.Total + f.Total, append(v.Differ, f.Differ...)}
}

func compare(want, got []string) Verdict {
	// common[i][j] is the length of the longest common part of want[i:] and got[j:].
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
				continue
			}
			common[i][j] = max(common[i+1][j], common[i][j+1])
		}
	}
	v := Verdict{Equal: common[0][0], Total: max(len(want), len(got))}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			i, j = i+1, j+1
		case j >= len(got) || i < len(want) && common[i+1][j] >= common[i][j+1]:
			v.Differ = append(v.Differ, "- "+want[i])
			i++
		default:
			v.Differ = append(v.Differ, "+ "+got[j])
			j++
		}
	}
	return v
}
