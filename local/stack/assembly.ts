import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DeploymentError } from './deployment-error';

/**
 * Reads a cloud assembly (`cdk.out`): its stacks in the order in which they depend on each other, across the nested
 * assemblies of its stages, with the folders of their file assets.
 */

const artifact = z.looseObject({
  type: z.string(),
  environment: z.string().optional(),
  dependencies: z.array(z.string()).default([]),
  properties: z.looseObject({}).default({}),
});

const manifest = z.looseObject({ artifacts: z.record(z.string(), artifact).default({}) });

const stackProperties = z.looseObject({
  templateFile: z.string(),
  stackName: z.string().optional(),
  parameters: z.record(z.string(), z.string()).default({}),
});

const assetManifest = z.looseObject({
  files: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ path: z.string().optional(), packaging: z.string().optional() }),
        destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
      }),
    )
    .default({}),
  dockerImages: z
    .record(
      z.string(),
      z.looseObject({
        source: z.looseObject({ directory: z.string() }),
        destinations: z.record(
          z.string(),
          z.looseObject({ repositoryName: z.string(), imageTag: z.string() }),
        ),
      }),
    )
    .default({}),
});

const templateResource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
  Condition: z.string().optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
});

/** The sections of a template that the platform reads. A section not named here (Transform, Hooks) is refused. */
const template = z.strictObject({
  AWSTemplateFormatVersion: z.string().optional(),
  Description: z.string().optional(),
  Metadata: z.unknown().optional(),
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown() })).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Rules: z.unknown().optional(),
  Resources: z.record(z.string(), templateResource).default({}),
  Outputs: z
    .record(
      z.string(),
      z.looseObject({ Value: z.unknown(), Export: z.looseObject({ Name: z.unknown() }).optional() }),
    )
    .default({}),
});

export type Template = z.infer<typeof template>;
export type TemplateResource = z.infer<typeof templateResource>;

/** A stack of the assembly. */
export interface AssemblyStack {
  readonly name: string;
  /** Region of the stack's environment, or `undefined` where the stack does not name one. */
  readonly region: string | undefined;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A cloud assembly, ready to be deployed. */
export interface Assembly {
  /** In an order in which each stack comes after those it depends on. */
  readonly stacks: readonly AssemblyStack[];
  /** Absolute path of a file asset's folder or file by the key under which it would stand in the asset bucket. */
  readonly assets: ReadonlyMap<string, string>;
  /** Absolute path of the folder that an image is built of, by `<repository>:<tag>`. */
  readonly images: ReadonlyMap<string, string>;
}

function readJson<T>(path: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new DeploymentError('ASSEMBLY_INCOMPLETE', `The cloud assembly lacks ${path}.`);
  }
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new DeploymentError('ASSEMBLY_INVALID', `${path}: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** `aws://000000000000/eu-west-2` → `eu-west-2`; `unknown-region` → `undefined`. */
function regionOf(environment: string | undefined): string | undefined {
  const region = environment?.split('/').at(-1);
  return region === undefined || region === 'unknown-region' ? undefined : region;
}

interface Reading {
  readonly stacks: { id: string; dependencies: readonly string[]; stack: AssemblyStack }[];
  readonly assets: Map<string, string>;
  readonly images: Map<string, string>;
}

function readFolder(folder: string, reading: Reading): void {
  const { artifacts } = readJson(join(folder, 'manifest.json'), manifest);
  for (const [id, entry] of Object.entries(artifacts)) {
    if (entry.type === 'cdk:cloud-assembly') {
      readFolder(
        join(folder, z.looseObject({ directoryName: z.string() }).parse(entry.properties).directoryName),
        reading,
      );
    } else if (entry.type === 'aws:cloudformation:stack') {
      const properties = stackProperties.parse(entry.properties);
      reading.stacks.push({
        id,
        dependencies: entry.dependencies,
        stack: {
          name: properties.stackName ?? id,
          region: regionOf(entry.environment),
          template: readJson(join(folder, properties.templateFile), template),
          parameters: properties.parameters,
        },
      });
    } else if (entry.type === 'cdk:asset-manifest') {
      const file = z.looseObject({ file: z.string() }).parse(entry.properties).file;
      const { files, dockerImages } = readJson(join(folder, file), assetManifest);
      for (const { source, destinations } of Object.values(dockerImages)) {
        for (const { repositoryName, imageTag } of Object.values(destinations))
          reading.images.set(`${repositoryName}:${imageTag}`, join(folder, source.directory));
      }
      for (const asset of Object.values(files)) {
        const path = asset.source.path;
        if (path === undefined) continue;
        for (const destination of Object.values(asset.destinations)) {
          reading.assets.set(destination.objectKey, join(folder, path));
        }
      }
    }
  }
}

/**
 * Reads the assembly in a folder.
 * @throws DeploymentError `ASSEMBLY_INCOMPLETE`, `ASSEMBLY_INVALID`, `ASSEMBLY_CYCLE`
 */
export function readAssembly(folder: string): Assembly {
  const reading: Reading = { stacks: [], assets: new Map(), images: new Map() };
  readFolder(folder, reading);
  const byId = new Map(reading.stacks.map((entry) => [entry.id, entry]));
  const ordered: AssemblyStack[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    const entry = byId.get(id);
    if (!entry || state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      throw new DeploymentError('ASSEMBLY_CYCLE', `Stack ${entry.stack.name} depends on itself.`);
    }
    state.set(id, 'open');
    entry.dependencies.forEach(visit);
    state.set(id, 'done');
    ordered.push(entry.stack);
  };
  for (const entry of reading.stacks) visit(entry.id);
  return { stacks: ordered, assets: reading.assets, images: reading.images };
}
