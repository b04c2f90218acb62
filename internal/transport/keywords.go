package transport

import (
	"fmt"
	"slices"
	"strings"
)

// rule says what pig does with a keyword of ssh_config.
type rule int

const (
	obeyed  rule = iota + 1
	idle         // it changes neither where a connection leads, nor as whom, nor whom it trusts
	refused      // any value but those that ask for nothing
)

// nothing are values of refused keywords that ask for what happens anyway.
var nothing = []string{"no", "none", "false", "any", ""}

// keywords are all that OpenSSH 10 knows in ssh_config. What a session could do besides running commands (forwarding, a terminal,
// an environment) is idle in a file, and refused where it is asked for by name: see sessionOnly.
var keywords = func() map[string]rule {
	all := map[string]rule{}
	for r, names := range map[rule]string{
		obeyed: "AddressFamily CertificateFile Ciphers ConnectionAttempts ConnectTimeout GlobalKnownHostsFile HostKeyAlgorithms HostKeyAlias HostName " +
			"IdentitiesOnly IdentityAgent IdentityFile KbdInteractiveAuthentication KexAlgorithms MACs PasswordAuthentication Port " +
			"PreferredAuthentications ProxyJump PubkeyAcceptedAlgorithms PubkeyAuthentication StrictHostKeyChecking User UserKnownHostsFile " +
			"ChallengeResponseAuthentication PubkeyAcceptedKeyTypes IgnoreUnknown",
		refused: "BindAddress BindInterface CanonicalizeHostname CASignatureAlgorithms KnownHostsCommand PKCS11Provider ProxyCommand ProxyUseFdpass " +
			"RevokedHostKeys SecurityKeyProvider VerifyHostKeyDNS RemoteCommand NoHostAuthenticationForLocalhost Tunnel",
		idle: "AddKeysToAgent BatchMode CanonicalDomains CanonicalizeFallbackLocal CanonicalizeMaxDots CanonicalizePermittedCNAMEs ChannelTimeout " +
			"CheckHostIP ClearAllForwardings Compression ControlMaster ControlPath ControlPersist DynamicForward EnableEscapeCommandline " +
			"EnableSSHKeysign EscapeChar ExitOnForwardFailure FingerprintHash ForkAfterAuthentication ForwardAgent ForwardX11 ForwardX11Timeout " +
			"ForwardX11Trusted GatewayPorts GSSAPIAuthentication GSSAPIDelegateCredentials GSSAPIKeyExchange GSSAPITrustDNS GSSAPIKexAlgorithms " +
			"GSSAPIClientIdentity GSSAPIServerIdentity GSSAPIRenewalForcesRekey HashKnownHosts HostbasedAcceptedAlgorithms HostbasedAuthentication " +
			"HostbasedKeyTypes IPQoS KbdInteractiveDevices LocalCommand LocalForward LogLevel LogVerbose NumberOfPasswordPrompts ObscureKeystrokeTiming " +
			"PermitLocalCommand PermitRemoteOpen RefuseConnection RekeyLimit RemoteForward RequestTTY RequiredRSASize SendEnv ServerAliveCountMax " +
			"ServerAliveInterval SessionType SetEnv StdinNull StreamLocalBindMask StreamLocalBindUnlink SyslogFacility TCPKeepAlive Tag " +
			"TunnelDevice UpdateHostKeys UseKeychain UserKnownHostsFileUpdate VersionAddendum VisualHostKey WarnWeakCrypto XAuthLocation " +
			"KeepAlive Protocol RSAAuthentication UsePrivilegedPort Cipher UseRoaming",
	} {
		for name := range strings.FieldsSeq(names) {
			all[strings.ToLower(name)] = r
		}
	}
	return all
}()

// sessionOnly are idle keywords that somebody who gives them for pig's connections expects something of.
var sessionOnly = []string{
	"dynamicforward", "forwardagent", "forwardx11", "forwardx11trusted", "localcommand", "localforward", "remoteforward", "setenv", "hostbasedauthentication",
}

// setting is one keyword with its value, and the place that says so.
type setting struct {
	key  string // in small letters
	val  string
	from string
}

// check refuses what pig does not do. asked says that it was given for pig's connections, not found in an ssh_config.
func (s setting) check(asked bool) error {
	asks := !slices.Contains(nothing, strings.ToLower(s.val))
	switch keywords[s.key] {
	case obeyed:
		return nil
	case idle:
		if s.key == "refuseconnection" {
			return fmt.Errorf("%s: the connection is refused: %s", s.from, s.val)
		}
		if asked && asks && slices.Contains(sessionOnly, s.key) {
			return fmt.Errorf("%s: %s %s is not supported: pig does not forward ports or agents", s.from, s.key, s.val)
		}
		return nil
	case refused:
		if asks {
			return fmt.Errorf("%s: %s %s is not supported%s", s.from, s.key, s.val, instead[s.key])
		}
		return nil
	}
	return fmt.Errorf("%s: unknown SSH option %q", s.from, s.key)
}

// instead tells what to write in place of a refused keyword.
var instead = map[string]string{
	"proxycommand":         ": use ProxyJump, or ProxyCommand ssh -W %h:%p HOST",
	"canonicalizehostname": ": write the whole name as HostName",
}
