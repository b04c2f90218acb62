# What node_aliases declares.
{% for name, does in node_aliases | dictsort %}
alias {{ name }}={{ does | quote }}
{% endfor %}
