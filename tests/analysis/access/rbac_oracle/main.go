// Answers questions with the API server's own RBAC authorizer, the code behind every SubjectAccessReview.
//
//	go mod tidy && go build -o oracle . && python -m tests.analysis.access.rbac_oracle.record ./oracle
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

type question struct {
	User, Verb, Group, Resource, Sub, Namespace, Name, URL string
	Groups                                                 []string
}

type cluster struct {
	Roles               []*rbacv1.Role
	RoleBindings        []*rbacv1.RoleBinding
	ClusterRoles        []*rbacv1.ClusterRole
	ClusterRoleBindings []*rbacv1.ClusterRoleBinding
	Asks                []question
}

func main() {
	var clusters []cluster
	if err := json.NewDecoder(os.Stdin).Decode(&clusters); err != nil {
		panic(err)
	}
	answers := [][]bool{}
	for _, each := range clusters {
		_, held := validation.NewTestRuleResolver(each.Roles, each.RoleBindings, each.ClusterRoles, each.ClusterRoleBindings)
		asked := rbac.New(held, held, held, held)
		row := []bool{}
		for _, q := range each.Asks {
			decision, _, _ := asked.Authorize(context.Background(), authorizer.AttributesRecord{
				User: &user.DefaultInfo{Name: q.User, Groups: q.Groups}, Verb: q.Verb, APIGroup: q.Group,
				Resource: q.Resource, Subresource: q.Sub, Namespace: q.Namespace, Name: q.Name,
				ResourceRequest: q.URL == "", Path: q.URL,
			})
			row = append(row, decision == authorizer.DecisionAllow)
		}
		answers = append(answers, row)
	}
	text, _ := json.Marshal(answers)
	fmt.Println(string(text))
}
