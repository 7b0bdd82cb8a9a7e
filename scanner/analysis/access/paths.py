"""The known ways from one AWS permission to more: a table of what each needs, passes, goes through and gives.

Identifiers and facts: DataDog's pathfinding.cloud (65 paths, data of 2025-12-17; where later data renumbered a
path the earlier number stands), later ids from DataDog's pathrunner and prowler 5.46; ids without a number are
ours. Other sources: Rhino Security Labs "AWS IAM Privilege Escalation", PMapper's checkers, the IAM User Guide.

A line is `id | gives | needs | more`. `needs` are `action@target`: all must be allowed. Targets:
  new           a thing that the path makes, or any that exists: one fitting resource is enough
  own-policy    a customer policy that the principal itself holds; own-group a group it is in; self itself
  user, role    the principal that is taken (with `/policy`: a customer policy which that one holds)
  group         a group that the principal is not in
  carrier       an existing thing that acts as a role
  cluster       an EKS cluster
`gives` is what the path yields:
  self          the principal writes its own permissions
  unbound       the principal loses its permissions boundary
  made          a principal that the path makes, with whatever permissions
  user, role    that principal as it is;  rewritten  that principal, after its permissions were written anew
  group         what a group may do, on top of its own
  passed        a role handed to a service that it trusts (`passes=`)
  carried       the role that an existing thing acts as (`via=`)
  cluster       a Kubernetes cluster with everything in it
  root          the root user of a member account, by keys of a session that last a quarter of an hour
`more`: `passes=SERVICE,...`; `via=CARRIER`; `asks=NAME,...` what must exist besides (see `escalation_world`);
`context=KEY:VALUE` of the request; `by=user|role` whom the path is open to.
"""

from __future__ import annotations

from typing import NamedTuple

_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"

_TABLE = f"""
iam-001 | self | iam:CreatePolicyVersion@own-policy
iam-002 | user | iam:CreateAccessKey@user | asks=spare-key
iam-003 | user | iam:CreateAccessKey@user iam:DeleteAccessKey@user | asks=no-spare-key
iam-004 | user | iam:CreateLoginProfile@user | asks=no-password
iam-005 | self | iam:PutRolePolicy@self | by=role
iam-006 | user | iam:UpdateLoginProfile@user | asks=password
iam-007 | self | iam:PutUserPolicy@self | by=user
iam-008 | self | iam:AttachUserPolicy@self | by=user context=iam:PolicyARN:{_ADMINISTRATOR}
iam-009 | self | iam:AttachRolePolicy@self | by=role context=iam:PolicyARN:{_ADMINISTRATOR}
iam-010 | self | iam:AttachGroupPolicy@own-group | by=user context=iam:PolicyARN:{_ADMINISTRATOR}
iam-011 | self | iam:PutGroupPolicy@own-group | by=user
iam-012 | role | iam:UpdateAssumeRolePolicy@role
iam-013 | group | iam:AddUserToGroup@group | by=user
iam-014 | rewritten | iam:AttachRolePolicy@role sts:AssumeRole@role | context=iam:PolicyARN:{_ADMINISTRATOR}
iam-015 | rewritten | iam:AttachUserPolicy@user iam:CreateAccessKey@user | asks=spare-key \
context=iam:PolicyARN:{_ADMINISTRATOR}
iam-016 | rewritten | iam:CreatePolicyVersion@role/policy sts:AssumeRole@role
iam-017 | rewritten | iam:PutRolePolicy@role sts:AssumeRole@role
iam-018 | rewritten | iam:PutUserPolicy@user iam:CreateAccessKey@user | asks=spare-key
iam-019 | rewritten | iam:AttachRolePolicy@role iam:UpdateAssumeRolePolicy@role \
| context=iam:PolicyARN:{_ADMINISTRATOR}
iam-020 | rewritten | iam:CreatePolicyVersion@role/policy iam:UpdateAssumeRolePolicy@role
iam-021 | rewritten | iam:PutRolePolicy@role iam:UpdateAssumeRolePolicy@role
iam-022 | unbound | iam:DeleteUserPermissionsBoundary@self | by=user
iam-023 | rewritten | iam:DeleteRolePermissionsBoundary@role sts:AssumeRole@role | asks=bounded-admin
iam-put-user-boundary | unbound | iam:PutUserPermissionsBoundary@self \
| by=user context=iam:PermissionsBoundary:{_ADMINISTRATOR}
iam-put-role-boundary | unbound | iam:PutRolePermissionsBoundary@self \
| by=role context=iam:PermissionsBoundary:{_ADMINISTRATOR}
iam-delete-own-boundary | unbound | iam:DeleteRolePermissionsBoundary@self | by=role
iam-set-default-policy-version | self | iam:SetDefaultPolicyVersion@own-policy | asks=older-version
iam-create-role-attach | made | iam:CreateRole@new iam:AttachRolePolicy@new | \
context=iam:PolicyARN:{_ADMINISTRATOR}
iam-create-role-put | made | iam:CreateRole@new iam:PutRolePolicy@new
iam-create-user-attach | made | iam:CreateUser@new iam:AttachUserPolicy@new iam:CreateAccessKey@new \
| context=iam:PolicyARN:{_ADMINISTRATOR}
iam-create-user-put | made | iam:CreateUser@new iam:PutUserPolicy@new iam:CreateAccessKey@new
iam-update-saml-provider | role | iam:UpdateSAMLProvider@new | asks=trusts-saml
iam-add-oidc-client | role | iam:AddClientIDToOpenIDConnectProvider@new | asks=trusts-oidc,own-token
iam-update-oidc-thumbprint | role | iam:UpdateOpenIDConnectProviderThumbprint@new | asks=trusts-oidc,own-issuer
iam-recreate-saml-provider | role | iam:DeleteSAMLProvider@new iam:CreateSAMLProvider@new | asks=trusts-saml
sts-001 | role | sts:AssumeRole@role
sts-assume-root | root | sts:AssumeRoot@new | asks=member-account
sso-001 | made | sso:CreatePermissionSet@new sso:CreateAccountAssignment@new \
sso:AttachManagedPolicyToPermissionSet@new | asks=identity-center
sso-002 | self | sso:AttachManagedPolicyToPermissionSet@new | asks=own-permission-set
sso-003 | self | sso:PutInlinePolicyToPermissionSet@new | asks=own-permission-set
rolesanywhere-create-trust-anchor | passed | rolesanywhere:CreateTrustAnchor@new rolesanywhere:CreateProfile@new \
| passes=rolesanywhere.amazonaws.com
apprunner-001 | passed | apprunner:CreateService@new | passes=tasks.apprunner.amazonaws.com
apprunner-002 | carried | apprunner:UpdateService@carrier | via=app-service
autoscaling-create | passed | autoscaling:CreateLaunchConfiguration@new autoscaling:CreateAutoScalingGroup@new \
| passes=ec2.amazonaws.com asks=instance-profile
autoscaling-update | passed | autoscaling:CreateLaunchConfiguration@new autoscaling:UpdateAutoScalingGroup@new \
| passes=ec2.amazonaws.com asks=instance-profile,scaling-group
batch-001 | passed | batch:RegisterJobDefinition@new batch:SubmitJob@new \
| passes=ecs-tasks.amazonaws.com asks=job-queue
batch-002 | carried | batch:SubmitJob@new | via=job-definition asks=job-queue
batch-003 | passed | batch:CreateComputeEnvironment@new batch:CreateJobQueue@new batch:RegisterJobDefinition@new \
batch:SubmitJob@new | passes=ecs-tasks.amazonaws.com
bedrock-001 | passed | bedrock-agentcore:CreateCodeInterpreter@new \
bedrock-agentcore:StartCodeInterpreterSession@new \
bedrock-agentcore:InvokeCodeInterpreter@new | passes=bedrock-agentcore.amazonaws.com
bedrock-002 | carried | bedrock-agentcore:StartCodeInterpreterSession@carrier \
bedrock-agentcore:InvokeCodeInterpreter@carrier | via=code-interpreter
bedrock-003 | passed | bedrock-agentcore:CreateAgentRuntime@new bedrock-agentcore:CreateAgentRuntimeEndpoint@new \
bedrock-agentcore:CreateWorkloadIdentity@new bedrock-agentcore:InvokeAgentRuntimeCommand@new \
| passes=bedrock-agentcore.amazonaws.com
bedrock-004 | carried | bedrock-agentcore:InvokeAgentRuntimeCommand@carrier | via=agent-runtime
bedrock-005 | passed | bedrock-agentcore:CreateHarness@new bedrock-agentcore:CreateAgentRuntime@new \
bedrock-agentcore:CreateAgentRuntimeEndpoint@new bedrock-agentcore:CreateWorkloadIdentity@new \
bedrock-agentcore:GetAgentRuntime@new bedrock-agentcore:InvokeAgentRuntimeCommand@new \
| passes=bedrock-agentcore.amazonaws.com
bedrock-006 | passed | bedrock-agentcore:CreateBrowser@new bedrock-agentcore:StartBrowserSession@new \
bedrock-agentcore:ConnectBrowserAutomationStream@new | passes=bedrock-agentcore.amazonaws.com
bedrock-007 | carried | bedrock-agentcore:StartBrowserSession@carrier \
bedrock-agentcore:ConnectBrowserAutomationStream@carrier | via=browser
braket-001 | passed | braket:CreateJob@new | passes=braket.amazonaws.com
cloudformation-001 | passed | cloudformation:CreateStack@new | passes=cloudformation.amazonaws.com
cloudformation-002 | carried | cloudformation:UpdateStack@carrier | via=stack
cloudformation-003 | passed | cloudformation:CreateStackSet@new cloudformation:CreateStackInstances@new \
| passes=cloudformation.amazonaws.com
cloudformation-004 | carried | cloudformation:UpdateStackSet@carrier iam:PassRole@carried | via=stack-set
cloudformation-005 | carried | cloudformation:CreateChangeSet@carrier cloudformation:ExecuteChangeSet@carrier \
| via=stack
codebuild-001 | passed | codebuild:CreateProject@new codebuild:StartBuild@new | passes=codebuild.amazonaws.com
codebuild-002 | carried | codebuild:StartBuild@carrier | via=build-project
codebuild-003 | carried | codebuild:StartBuildBatch@carrier | via=build-project asks=batch-builds
codebuild-004 | passed | codebuild:CreateProject@new codebuild:StartBuildBatch@new | passes=codebuild.amazonaws.com
codedeploy-001 | carried | codedeploy:CreateDeployment@new codedeploy:RegisterApplicationRevision@new \
codedeploy:GetDeploymentConfig@new | via=instance asks=deployment-group
cognitoidentity-001 | passed | cognito-identity:SetIdentityPoolRoles@new \
| passes=cognito-identity.amazonaws.com asks=identity-pool
datapipeline-001 | passed | datapipeline:CreatePipeline@new datapipeline:PutPipelineDefinition@new \
datapipeline:ActivatePipeline@new | \
passes=datapipeline.amazonaws.com,elasticmapreduce.amazonaws.com,ec2.amazonaws.com
ec2-001 | passed | ec2:RunInstances@new | passes=ec2.amazonaws.com asks=instance-profile
ec2-002 | carried | ec2:ModifyInstanceAttribute@carrier ec2:StopInstances@carrier ec2:StartInstances@carrier \
| via=instance
ec2-003 | passed | ec2:RequestSpotInstances@new | passes=ec2.amazonaws.com asks=instance-profile
ec2-004 | carried | ec2:CreateLaunchTemplateVersion@carrier ec2:ModifyLaunchTemplate@carrier | via=launch-template
ec2-associate-instance-profile | passed | ec2:AssociateIamInstanceProfile@new \
| passes=ec2.amazonaws.com asks=instance-profile,sign-in
ec2-replace-instance-profile | passed | ec2:ReplaceIamInstanceProfileAssociation@new \
| passes=ec2.amazonaws.com asks=instance-profile,sign-in
iam-add-role-to-instance-profile | passed | iam:AddRoleToInstanceProfile@new \
| passes=ec2.amazonaws.com asks=any-profile,sign-in
ec2instanceconnect-003 | carried | ec2-instance-connect:SendSSHPublicKey@carrier | via=instance
ecs-001 | passed | ecs:CreateCluster@new ecs:RegisterTaskDefinition@new ecs:CreateService@new \
| passes=ecs-tasks.amazonaws.com
ecs-002 | passed | ecs:CreateCluster@new ecs:RegisterTaskDefinition@new ecs:RunTask@new \
| passes=ecs-tasks.amazonaws.com
ecs-003 | passed | ecs:RegisterTaskDefinition@new ecs:CreateService@new \
| passes=ecs-tasks.amazonaws.com asks=container-cluster
ecs-004 | passed | ecs:RegisterTaskDefinition@new ecs:RunTask@new \
| passes=ecs-tasks.amazonaws.com asks=container-cluster
ecs-005 | passed | ecs:RegisterTaskDefinition@new ecs:StartTask@new \
| passes=ecs-tasks.amazonaws.com asks=container-machine
ecs-006 | carried | ecs:ExecuteCommand@new | via=task asks=container-cluster
ecs-007 | passed | ecs:RegisterContainerInstance@new ecs:StartTask@new ecs:DeregisterContainerInstance@new \
| passes=ecs-tasks.amazonaws.com asks=container-cluster,task-definition
ecs-008 | passed | ecs:RunTask@new | passes=ecs-tasks.amazonaws.com asks=container-cluster,task-definition
ecs-009 | passed | ecs:StartTask@new | passes=ecs-tasks.amazonaws.com asks=container-machine,task-definition
eks-create-access-entry | cluster | eks:CreateAccessEntry@cluster eks:AssociateAccessPolicy@cluster | \
asks=access-entries
eks-create-pod-identity | passed | eks:CreatePodIdentityAssociation@cluster \
| passes=pods.eks.amazonaws.com asks=pod
emr-001 | passed | elasticmapreduce:RunJobFlow@new | passes=ec2.amazonaws.com asks=instance-profile
emrserverless-001 | passed | emr-serverless:CreateApplication@new emr-serverless:StartJobRun@new \
| passes=emr-serverless.amazonaws.com
gamelift-001 | passed | gamelift:CreateBuild@new gamelift:CreateFleet@new gamelift:RequestUploadCredentials@new \
| passes=gamelift.amazonaws.com,ec2.amazonaws.com
glue-001 | passed | glue:CreateDevEndpoint@new | passes=glue.amazonaws.com
glue-002 | carried | glue:UpdateDevEndpoint@carrier | via=dev-endpoint
glue-003 | passed | glue:CreateJob@new glue:StartJobRun@new | passes=glue.amazonaws.com
glue-004 | passed | glue:CreateJob@new glue:CreateTrigger@new | passes=glue.amazonaws.com
glue-005 | passed | glue:UpdateJob@new glue:StartJobRun@new | passes=glue.amazonaws.com asks=glue-job
glue-006 | passed | glue:UpdateJob@new glue:CreateTrigger@new | passes=glue.amazonaws.com asks=glue-job
glue-007 | passed | glue:CreateSession@new glue:RunStatement@new | passes=glue.amazonaws.com
imagebuilder-001 | passed | imagebuilder:CreateComponent@new imagebuilder:CreateImageRecipe@new \
imagebuilder:CreateInfrastructureConfiguration@new imagebuilder:CreateImage@new \
| passes=ec2.amazonaws.com asks=instance-profile
kinesisanalytics-001 | passed | kinesisanalytics:CreateApplication@new kinesisanalytics:StartApplication@new \
| passes=kinesisanalytics.amazonaws.com
lambda-001 | passed | lambda:CreateFunction@new lambda:InvokeFunction@new | passes=lambda.amazonaws.com
lambda-002 | passed | lambda:CreateFunction@new lambda:CreateEventSourceMapping@new \
| passes=lambda.amazonaws.com asks=event-source
lambda-003 | carried | lambda:UpdateFunctionCode@carrier | via=function
lambda-004 | carried | lambda:UpdateFunctionCode@carrier lambda:InvokeFunction@carrier | via=function
lambda-005 | carried | lambda:UpdateFunctionCode@carrier lambda:AddPermission@carrier | via=function
lambda-006 | passed | lambda:CreateFunction@new lambda:AddPermission@new | passes=lambda.amazonaws.com
lambda-update-function-configuration | carried | lambda:UpdateFunctionConfiguration@carrier | via=function
omics-001 | passed | omics:CreateWorkflow@new omics:StartRun@new | passes=omics.amazonaws.com
sagemaker-001 | passed | sagemaker:CreateNotebookInstance@new | passes=sagemaker.amazonaws.com
sagemaker-002 | passed | sagemaker:CreateTrainingJob@new | passes=sagemaker.amazonaws.com
sagemaker-003 | passed | sagemaker:CreateProcessingJob@new | passes=sagemaker.amazonaws.com
sagemaker-004 | carried | sagemaker:CreatePresignedNotebookInstanceUrl@carrier | via=notebook
sagemaker-005 | carried | sagemaker:CreateNotebookInstanceLifecycleConfig@new \
sagemaker:StopNotebookInstance@carrier \
sagemaker:UpdateNotebookInstance@carrier sagemaker:StartNotebookInstance@carrier | via=notebook
scheduler-001 | passed | scheduler:CreateSchedule@new | passes=scheduler.amazonaws.com
ssm-001 | carried | ssm:StartSession@carrier | via=instance
ssm-002 | carried | ssm:SendCommand@carrier | via=instance
ssm-003 | passed | ssm:CreateDocument@new ssm:StartAutomationExecution@new | passes=ssm.amazonaws.com
stepfunctions-001 | passed | states:CreateStateMachine@new states:StartExecution@new | passes=states.amazonaws.com
stepfunctions-002 | carried | states:UpdateStateMachine@carrier states:StartExecution@carrier | via=state-machine
"""

# What acts as a role: name to native types (Terraform, CloudFormation) and what it is called.
CARRIERS: dict[str, tuple[tuple[str, ...], str]] = {
    "agent-runtime": (
        ("aws_bedrockagentcore_agent_runtime", "AWS::BedrockAgentCore::Runtime"),
        "an agent runtime",
    ),
    "app-service": (("aws_apprunner_service", "AWS::AppRunner::Service"), "an App Runner service"),
    "browser": (("aws_bedrockagentcore_browser", "AWS::BedrockAgentCore::BrowserCustom"), "an agent's browser"),
    "build-project": (("aws_codebuild_project", "AWS::CodeBuild::Project"), "a CodeBuild project"),
    "code-interpreter": (
        ("aws_bedrockagentcore_code_interpreter", "AWS::BedrockAgentCore::CodeInterpreterCustom"),
        "an agent's code interpreter",
    ),
    "dev-endpoint": (("aws_glue_dev_endpoint", "AWS::Glue::DevEndpoint"), "a Glue development endpoint"),
    "function": (("aws_lambda_function", "AWS::Lambda::Function"), "a Lambda function"),
    "instance": (("aws_instance", "aws_spot_instance_request", "AWS::EC2::Instance"), "a machine"),
    "job-definition": (("aws_batch_job_definition", "AWS::Batch::JobDefinition"), "a Batch job definition"),
    "launch-template": (("aws_launch_template", "AWS::EC2::LaunchTemplate"), "a launch template in use"),
    "notebook": (("aws_sagemaker_notebook_instance", "AWS::SageMaker::NotebookInstance"), "a notebook"),
    "stack": (("aws_cloudformation_stack", "AWS::CloudFormation::Stack"), "a CloudFormation stack"),
    "stack-set": (("aws_cloudformation_stack_set", "AWS::CloudFormation::StackSet"), "a CloudFormation stack set"),
    "state-machine": (("aws_sfn_state_machine", "AWS::StepFunctions::StateMachine"), "a state machine"),
    "task": (
        ("aws_ecs_service", "aws_ecs_task_definition", "AWS::ECS::Service", "AWS::ECS::TaskDefinition"),
        "a task",
    ),
}


class Need(NamedTuple):
    """An action and what it is done to (the words of the table)."""

    action: str
    target: str


class Path(NamedTuple):
    """One way to more power; the fields are those of a table line."""

    id: str
    gives: str
    needs: tuple[Need, ...]
    passes: tuple[str, ...] = ()
    via: str = ""
    asks: tuple[str, ...] = ()
    by: str = ""
    context: tuple[tuple[str, str], ...] = ()

    @property
    def actions(self) -> frozenset[str]:
        """Every action that the path needs, iam:PassRole among them where a role is passed."""
        passed = {"iam:PassRole"} if self.passes else set()
        return frozenset(passed | {need.action for need in self.needs})


def _read(line: str) -> Path:
    id_, gives, needs, more = (*(part.strip() for part in line.split("|")), "")[:4]
    told = dict(item.split("=", 1) for item in more.split())
    return Path(
        id_,
        gives,
        tuple(Need(*each.split("@")) for each in needs.split()),
        _listed(told.get("passes")),
        told.get("via", ""),
        _listed(told.get("asks")),
        told.get("by", ""),
        _context(told.get("context")),
    )


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _context(text: str | None) -> tuple[tuple[str, str], ...]:
    """`iam:PolicyARN:arn:...`: the key has one colon of its own."""
    if not text:
        return ()
    service, key, value = text.split(":", 2)
    return ((f"{service}:{key}", value),)


PATHS: tuple[Path, ...] = tuple(map(_read, _TABLE.strip().splitlines()))
