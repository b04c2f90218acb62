package diag

import "strings"

// Nearest finds the candidate that the user most likely meant by word, or "" when none is near enough.
func Nearest(word string, candidates []string) string {
	return nearest(word, candidates, max(len(word)/3, 2))
}

// Close is Nearest where many short words are candidates, one of which is near to any short word: a slip in four letters at most.
func Close(word string, candidates []string) string {
	return nearest(word, candidates, max(len(word)/4, 1))
}

func nearest(word string, candidates []string, most int) string {
	best, bestDist := "", most+1
	low := strings.ToLower(word)
	for _, c := range candidates {
		if d := distance(low, strings.ToLower(c), bestDist); d < bestDist {
			best, bestDist = c, d
		}
	}
	return best
}

// DidYouMean is a hint that names the nearest candidate, or "".
func DidYouMean(word string, candidates []string) string {
	if n := Nearest(word, candidates); n != "" {
		return "did you mean " + n + "?"
	}
	return ""
}

// distance is the Damerau-Levenshtein distance (adjacent swaps count one), given up at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var prev2 []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur := make([]int, len(b)+1)
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev = prev, cur
	}
	return prev[len(b)]
}
