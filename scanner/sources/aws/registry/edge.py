"""Where requests come in: load balancers, CDN, gateways, names, web firewalls."""

from __future__ import annotations

from scanner.sources.aws.operation import Detail, Listing

_BALANCER = {"LoadBalancerArn": "{LoadBalancerArn}"}
_API = {"restApiId": "{id}"}
_HTTP_API = {"ApiId": "{ApiId}"}
_ZONE = {"HostedZoneId": "{Id}"}


def _tags(value: str) -> Detail:
    return Detail("DescribeTags", answer="TagDescriptions", batch=20, batch_parameter="ResourceArns",
                  batch_value=value, batch_key="ResourceArn")  # fmt: skip


BALANCERS = (
    Listing("elbv2", "DescribeLoadBalancers", "AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancers",
            "{LoadBalancerArn}", details=(
                Detail("DescribeLoadBalancerAttributes", _BALANCER, answer="Attributes"),
                _tags("{LoadBalancerArn}")),
            children=(
                Listing("elbv2", "DescribeListeners", "AWS::ElasticLoadBalancingV2::Listener", "Listeners",
                        "{ListenerArn}", parameters=_BALANCER, children=(
                            Listing("elbv2", "DescribeRules", "AWS::ElasticLoadBalancingV2::ListenerRule", "Rules",
                                    "{RuleArn}", parameters={"ListenerArn": "{ListenerArn}"}),)),)),
    Listing("elbv2", "DescribeTargetGroups", "AWS::ElasticLoadBalancingV2::TargetGroup", "TargetGroups",
            "{TargetGroupArn}", details=(
                Detail("DescribeTargetHealth", {"TargetGroupArn": "{TargetGroupArn}"},
                       answer="TargetHealthDescriptions"),
                Detail("DescribeTargetGroupAttributes", {"TargetGroupArn": "{TargetGroupArn}"},
                       answer="Attributes"),
                _tags("{TargetGroupArn}"))),
    Listing("elb", "DescribeLoadBalancers", "AWS::ElasticLoadBalancing::LoadBalancer", "LoadBalancerDescriptions",
            "arn:{@partition}:elasticloadbalancing:{@region}:{@account}:loadbalancer/{LoadBalancerName}", details=(
                Detail("DescribeLoadBalancerAttributes", {"LoadBalancerName": "{LoadBalancerName}"},
                       answer="LoadBalancerAttributes"),)),
)  # fmt: skip

GATEWAYS = (
    Listing("cloudfront", "ListDistributions", "AWS::CloudFront::Distribution", "DistributionList.Items", "{ARN}",
            "global", details=(
                Detail("GetDistributionConfig", {"Id": "{Id}"}, answer="DistributionConfig"),
                Detail("ListTagsForResource", {"Resource": "{ARN}"}, answer="Tags.Items"))),
    Listing("apigateway", "GetRestApis", "AWS::ApiGateway::RestApi", "items",
            "arn:{@partition}:apigateway:{@region}::/restapis/{id}", action="apigateway:GET", children=(
                Listing("apigateway", "GetStages", "AWS::ApiGateway::Stage", "item", "{^}/stages/{stageName}",
                        parameters=_API, action="apigateway:GET", secret=("variables.*",)),
                Listing("apigateway", "GetResources", "AWS::ApiGateway::Resource", "items", "{^}/resources/{id}",
                        parameters={**_API, "embed": ["methods"]}, action="apigateway:GET"))),
    Listing("apigateway", "GetDomainNames", "AWS::ApiGateway::DomainName", "items",
            "arn:{@partition}:apigateway:{@region}::/domainnames/{domainName}", action="apigateway:GET"),
    Listing("apigatewayv2", "GetApis", "AWS::ApiGatewayV2::Api", "Items",
            "arn:{@partition}:apigateway:{@region}::/apis/{ApiId}", action="apigateway:GET", children=(
                Listing("apigatewayv2", "GetStages", "AWS::ApiGatewayV2::Stage", "Items", "{^}/stages/{StageName}",
                        parameters=_HTTP_API, action="apigateway:GET", secret=("StageVariables.*",)),
                Listing("apigatewayv2", "GetRoutes", "AWS::ApiGatewayV2::Route", "Items", "{^}/routes/{RouteId}",
                        parameters=_HTTP_API, action="apigateway:GET"),
                Listing("apigatewayv2", "GetIntegrations", "AWS::ApiGatewayV2::Integration", "Items",
                        "{^}/integrations/{IntegrationId}", parameters=_HTTP_API, action="apigateway:GET"))),
    Listing("cognito-idp", "ListUserPools", "AWS::Cognito::UserPool", "UserPools",
            "arn:{@partition}:cognito-idp:{@region}:{@account}:userpool/{Id}", parameters={"MaxResults": 60},
            details=(Detail("DescribeUserPool", {"UserPoolId": "{Id}"}, answer="UserPool"),)),
)  # fmt: skip

NAMES = (
    Listing("route53", "ListHostedZones", "AWS::Route53::HostedZone", "HostedZones",
            "arn:{@partition}:route53:::{Id}", "global", details=(
                Detail("GetHostedZone", {"Id": "{Id}"}, answer="VPCs", when="Config.PrivateZone"),
                Detail("GetDNSSEC", _ZONE, answer="Status", when="!(Config.PrivateZone)")),
            children=(
                Listing("route53", "ListResourceRecordSets", "AWS::Route53::RecordSet", "ResourceRecordSets",
                        "{^}/record/{Name}{Type}{SetIdentifier?}", "global", parameters=_ZONE),)),
    Listing("route53", "ListQueryLoggingConfigs", "AWS::Route53::QueryLoggingConfig", "QueryLoggingConfigs",
            "arn:{@partition}:route53:::queryloggingconfig/{Id}", "global"),
    *(Listing("wafv2", "ListWebACLs", "AWS::WAFv2::WebACL", "WebACLs", "{ARN}", scope,
              parameters={"Scope": kind}, details=(
                  Detail("GetWebACL", {"Scope": kind, "Name": "{Name}", "Id": "{Id}"}, answer="WebACL"),
                  Detail("GetLoggingConfiguration", {"ResourceArn": "{ARN}"}, answer="LoggingConfiguration",
                         absent=("WAFNonexistentItemException",)),
                  *((Detail("ListResourcesForWebACL",
                            {"WebACLArn": "{ARN}", "ResourceType": "APPLICATION_LOAD_BALANCER"},
                            answer="ResourceArns"),) if kind == "REGIONAL" else ())))
      for kind, scope in (("REGIONAL", "region"), ("CLOUDFRONT", "global"))),
    Listing("globalaccelerator", "ListAccelerators", "AWS::GlobalAccelerator::Accelerator", "Accelerators",
            "{AcceleratorArn}", "global"),
    Listing("network-firewall", "ListFirewalls", "AWS::NetworkFirewall::Firewall", "Firewalls", "{FirewallArn}",
            details=(Detail("DescribeFirewall", {"FirewallArn": "{FirewallArn}"}, answer="Firewall"),)),
)  # fmt: skip

LISTINGS = (*BALANCERS, *GATEWAYS, *NAMES)
