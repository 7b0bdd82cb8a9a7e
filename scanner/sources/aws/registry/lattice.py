"""VPC Lattice: services that networks meet in a service network, whatever their routes."""

from __future__ import annotations

from scanner.sources.aws.operation import Detail, Listing

_NETWORK = {"serviceNetworkIdentifier": "{arn}"}
_TIE = {"serviceNetworkVpcAssociationIdentifier": "{arn}"}
_SERVICE = {"serviceIdentifier": "{arn}"}
_LISTENER = {"serviceIdentifier": "{Service}", "listenerIdentifier": "{arn}"}

LISTINGS = (
    Listing("vpc-lattice", "ListServiceNetworks", "AWS::VpcLattice::ServiceNetwork", "items", "{arn}", children=(
        Listing("vpc-lattice", "ListServiceNetworkVpcAssociations",
                "AWS::VpcLattice::ServiceNetworkVpcAssociation", "items", "{arn}", parameters=_NETWORK, details=(
                    Detail("GetServiceNetworkVpcAssociation", _TIE, answer="securityGroupIds",
                           name="SecurityGroupIds"),)),
        Listing("vpc-lattice", "ListServiceNetworkServiceAssociations",
                "AWS::VpcLattice::ServiceNetworkServiceAssociation", "items", "{arn}", parameters=_NETWORK))),
    Listing("vpc-lattice", "ListServices", "AWS::VpcLattice::Service", "items", "{arn}", details=(
        Detail("GetService", _SERVICE, answer="authType", name="AuthType"),), children=(
            Listing("vpc-lattice", "ListListeners", "AWS::VpcLattice::Listener", "items", "{arn}",
                    parameters=_SERVICE, carries={"Service": "{arn}"}, details=(
                        Detail("GetListener", _LISTENER, answer="defaultAction", name="DefaultAction"),)),)),
    Listing("vpc-lattice", "ListTargetGroups", "AWS::VpcLattice::TargetGroup", "items", "{arn}", children=(
        Listing("vpc-lattice", "ListTargets", "AWS::VpcLattice::Target", "items", "{^}/target/{id}:{port?}",
                parameters={"targetGroupIdentifier": "{arn}"}),)),
)  # fmt: skip
