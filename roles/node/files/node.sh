# For every login on a node of this environment.
export EDITOR="${EDITOR:-vi}"
export HISTSIZE=10000 HISTTIMEFORMAT='%F %T '
alias ll='ls -lh'
alias la='ls -lha'
alias j='journalctl -u'
alias st='systemctl status'
alias p='sudo -iu postgres'
