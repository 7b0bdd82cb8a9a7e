a:
    %{~ for x in addrs ~}
    - ${x}
    %{~ endfor ~}
b: ${ missing }
