package playbook

// What may stand in a playbook is told to whoever looks at one without loading it.

// PlayKeyword tells whether a play may have a key.
func PlayKeyword(name string) bool { return playKeys[name] || isShared(name) }

// BlockKeyword tells whether a block may have a key.
func BlockKeyword(name string) bool { return blockKeys[name] || isShared(name) }

// TaskKeyword tells whether a task may have a key besides its action.
func TaskKeyword(name string) bool { return keyword(name) }
