// A provider for the conformance tests: one resource with nested blocks of every nesting mode, and nothing behind it.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const name = "shape_blocks"

func attribute(name string, kind tftypes.Type) *tfprotov5.SchemaAttribute {
	return &tfprotov5.SchemaAttribute{Name: name, Type: kind, Optional: true}
}

func block(
	name string,
	mode tfprotov5.SchemaNestedBlockNestingMode,
	attributes []*tfprotov5.SchemaAttribute,
	inner ...*tfprotov5.SchemaNestedBlock,
) *tfprotov5.SchemaNestedBlock {
	body := &tfprotov5.SchemaBlock{Attributes: attributes, BlockTypes: inner}
	return &tfprotov5.SchemaNestedBlock{TypeName: name, Nesting: mode, Block: body}
}

// Attributes may be of any type where the nesting mode lets them; those of a set are strings.
func schema() *tfprotov5.Schema {
	anything := []*tfprotov5.SchemaAttribute{
		attribute("v", tftypes.DynamicPseudoType),
		attribute("w", tftypes.DynamicPseudoType),
	}
	texts := []*tfprotov5.SchemaAttribute{attribute("v", tftypes.String), attribute("w", tftypes.String)}
	leaf := block("leaf", tfprotov5.SchemaNestedBlockNestingModeList, anything)
	part := block("part", tfprotov5.SchemaNestedBlockNestingModeList, anything, leaf)
	return &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{
		Attributes: anything,
		BlockTypes: []*tfprotov5.SchemaNestedBlock{
			block("item", tfprotov5.SchemaNestedBlockNestingModeList, anything, part),
			block("tag", tfprotov5.SchemaNestedBlockNestingModeSet, texts),
			block("one", tfprotov5.SchemaNestedBlockNestingModeSingle, anything),
			block("named", tfprotov5.SchemaNestedBlockNestingModeMap, anything),
		},
	}}
}

// The embedded interface stands for the calls that planning a new resource does not make.
type server struct{ tfprotov5.ProviderServer }

func (server) GetMetadata(
	context.Context, *tfprotov5.GetMetadataRequest,
) (*tfprotov5.GetMetadataResponse, error) {
	return &tfprotov5.GetMetadataResponse{Resources: []tfprotov5.ResourceMetadata{{TypeName: name}}}, nil
}

func (server) GetProviderSchema(
	context.Context, *tfprotov5.GetProviderSchemaRequest,
) (*tfprotov5.GetProviderSchemaResponse, error) {
	return &tfprotov5.GetProviderSchemaResponse{
		Provider:        &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{}},
		ResourceSchemas: map[string]*tfprotov5.Schema{name: schema()},
	}, nil
}

func (server) GetResourceIdentitySchemas(
	context.Context, *tfprotov5.GetResourceIdentitySchemasRequest,
) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (server) PrepareProviderConfig(
	_ context.Context, asked *tfprotov5.PrepareProviderConfigRequest,
) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: asked.Config}, nil
}

func (server) ConfigureProvider(
	context.Context, *tfprotov5.ConfigureProviderRequest,
) (*tfprotov5.ConfigureProviderResponse, error) {
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (server) StopProvider(
	context.Context, *tfprotov5.StopProviderRequest,
) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (server) ValidateResourceTypeConfig(
	context.Context, *tfprotov5.ValidateResourceTypeConfigRequest,
) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

// PlanResourceChange plans what is configured.
func (server) PlanResourceChange(
	_ context.Context, asked *tfprotov5.PlanResourceChangeRequest,
) (*tfprotov5.PlanResourceChangeResponse, error) {
	return &tfprotov5.PlanResourceChangeResponse{PlannedState: asked.ProposedNewState}, nil
}

func main() {
	err := tf5server.Serve("layerproof.test/oracle/shape", func() tfprotov5.ProviderServer { return server{} })
	if err != nil {
		log.Fatal(err)
	}
}
