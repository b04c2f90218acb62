# What node_aliases declares.
{% for name, does in node_aliases | dictsort %}
alias {{ name | alias_name }}={{ does | quote }}
{% endfor %}
