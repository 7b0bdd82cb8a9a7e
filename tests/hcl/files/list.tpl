%{ for addr in addrs ~}
  backend ${addr}:${port}
%{ endfor ~}
$${literal} %%{ literal } "quoted" \n
%{ if port > 80 }high%{ else }low%{ endif }
