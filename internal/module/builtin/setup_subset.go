package builtin

import "strings"

// factNames are the facts that belong together, by the names that gather_subset takes for them. What is cheap is always gathered.
var factNames = map[string]string{
	"all":      "all",
	"hardware": "hardware devices mounts processor processor_cores processor_count",
	"network":  "network all_ipv4_addresses all_ipv6_addresses default_ipv4 default_ipv6 interfaces",
	"virtual":  "virtual virtualization_role virtualization_tech_guest virtualization_tech_host virtualization_type",
	"min": `min apparmor architecture caps chroot cmdline date_time distribution distribution_major_version distribution_release
		distribution_version dns effective_group_ids effective_user_id env facter fibre_channel_wwn fips is_chroot iscsi kernel kernel_version
		loadavg local lsb machine machine_id nvme ohai os_family pkg_mgr platform python python_version real_user_id selinux service_mgr
		ssh_host_key_dsa_public ssh_host_key_ecdsa_public ssh_host_key_ed25519_public ssh_host_key_rsa_public ssh_host_pub_keys ssh_pub_keys system
		system_capabilities system_capabilities_enforced systemd user user_dir user_gecos user_gid user_id user_shell user_uid`,
}

// partOf is the part that a name of gather_subset stands for, "" if none has it.
func partOf(name string) string {
	for part, names := range factNames {
		for n := range strings.FieldsSeq(names) {
			if n == name {
				return part
			}
		}
	}
	return ""
}
