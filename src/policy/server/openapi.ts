import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

type Document = Readonly<Record<string, unknown>> & { readonly paths?: Readonly<Record<string, PathItem>> };
type PathItem = Readonly<Record<string, { readonly requestBody?: unknown; readonly security?: unknown } | undefined>>;

/** How the API describes itself: from the very schemas that requests are held to. */
export function describedBy(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ja3-sensor policy server',
        version,
        description:
          "Decides about logins: Dovecot's auth policy protocol, and weakforced's commands. Attributes and members that are not described are allowed, and not looked at.",
      },
      components: {
        securitySchemes: {
          password: { type: 'http', scheme: 'basic', description: 'any user name' },
          key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => ('openapiObject' in document ? withOldForm(document.openapiObject as Document) : {}),
  };
}

/** The old form of every command, `/?command=…`, which Dovecot speaks: the same requests and answers. */
function withOldForm(document: Document): Document {
  const operation = (method: 'get' | 'post') => {
    const paths = Object.entries(document.paths ?? {}).filter(
      ([path, item]) => path.startsWith('/command/') && item[method] !== undefined,
    );
    const bodies = paths
      .filter(([, item]) => item[method]?.requestBody !== undefined)
      .map(([path]) => ({ $ref: `${pointer(path, method)}/requestBody/content/application~1json/schema` }));
    const answers = paths.map(([path]) => ({
      $ref: `${pointer(path, method)}/responses/200/content/application~1json/schema`,
    }));
    const [failed] = paths.map(([path]) => `${pointer(path, method)}/responses/4XX`);
    return {
      summary: 'The old form of every command.',
      tags: ['old form'],
      security: [{ password: [] }, { key: [] }],
      parameters: [
        {
          name: 'command',
          in: 'query',
          required: true,
          schema: { type: 'string', enum: paths.map(([path]) => path.slice('/command/'.length)) },
        },
      ],
      ...(bodies.length > 0 && {
        requestBody: { content: { 'application/json': { schema: { anyOf: bodies } } } },
      }),
      responses: {
        200: { description: 'As the command says.', content: { 'application/json': { schema: { anyOf: answers } } } },
        '4XX': { $ref: failed },
        '5XX': { $ref: failed },
      },
    };
  };
  return { ...document, paths: { '/': { get: operation('get'), post: operation('post') }, ...document.paths } };
}

/** RFC 6901 section 3. */
function pointer(path: string, method: string): string {
  return `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`;
}
