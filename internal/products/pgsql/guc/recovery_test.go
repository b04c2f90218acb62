package guc

import "testing"

// The settings of recovery stand in postgresql.conf since PostgreSQL 12, although postgres --describe-config leaves them out.
func TestSettingsOfRecoveryAreKnown(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"restore_command", "archive_cleanup_command", "recovery_end_command", "primary_conninfo", "primary_slot_name", "recovery_min_apply_delay",
		"recovery_target", "recovery_target_action", "recovery_target_inclusive", "recovery_target_lsn", "recovery_target_name", "recovery_target_time",
		"recovery_target_timeline", "recovery_target_xid", "role",
	} {
		for major := First; major <= Last; major++ {
			if _, ok := Find(name, major); !ok {
				t.Errorf("PostgreSQL %d: %s is unknown", major, name)
			}
		}
	}
	if _, ok := Find("promote_trigger_file", 16); ok {
		t.Error("PostgreSQL 16 has no promote_trigger_file")
	}
}
