// A house's own program, and the operator's: the other side of what happens in the browser, over gRPC as in life.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = () => process.env.COFFRET_PROTO ?? fileURLToPath(new URL('../../proto', import.meta.url));

/** Calls of one service; `pair` is a client's certificate, `token` a bearer token. */
function caller(service, { pair, token } = {}) {
  const files = ['identity', 'consent', 'access'].map((name) => `coffret/v1/${name}.proto`);
  const options = { includeDirs: [folder()], longs: String, enums: String, defaults: true };
  const { coffret } = grpc.loadPackageDefinition(loader.loadSync(files, options));
  const read = (path) => (path ? readFileSync(path) : null);
  const credentials = grpc.credentials.createSsl(read(process.env.COFFRET_CA), read(pair?.key), read(pair?.certificate));
  const client = new coffret.v1[service](process.env.COFFRET_GRPC, credentials, { 'grpc.ssl_target_name_override': 'localhost' });
  const metadata = new grpc.Metadata();
  if (token) metadata.set('authorization', `Bearer ${token}`);
  return (method, request) => new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline: Date.now() + 20_000 }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

/** The operator makes an account for somebody; gives its name and the link that invites them. */
export async function newcomer(email) {
  const token = readFileSync(process.env.COFFRET_OPERATOR_TOKEN, 'utf8').trim();
  const identity = caller('IdentityService', { token });
  const identifiers = [{ kind: 'IDENTIFIER_KIND_EMAIL', value: email }];
  const { customer } = await identity('createCustomer', { customer: { language: 'en', timeZone: 'Europe/Paris', identifiers }, requestId: randomUUID() });
  const link = execFileSync(process.env.COFFRET_BIN, ['invite', '--server', `https://${process.env.COFFRET_GRPC}`,
    '--authority', process.env.COFFRET_CA, '--token', process.env.COFFRET_OPERATOR_TOKEN, '--customer', customer.name], { encoding: 'utf8' }).trim();
  return { name: customer.name, link };
}

/** One of the demo's houses. */
export function house(key) {
  const { name, pair } = JSON.parse(process.env.COFFRET_BRANDS)[key];
  const access = caller('AccessService', { pair });
  return {
    /** Asks somebody for data, for a purpose; gives the request's name. */
    ask: async (email, purpose, items) => {
      const day = 86_400;
      const terms = {
        purpose: `${name}/purposes/${purpose}`,
        items: items.map(({ attribute, needed, reason }) => ({ attribute, needed, reason, view: 'VIEW_RAW' })),
        mode: 'MODE_STORE',
        expireTime: { seconds: Math.floor(Date.now() / 1000) + 150 * day },
        dataRange: { lastMonths: 100 },
        fetch: 'FETCH_PERIODIC',
        uses: 12,
        frequency: { count: 4, period: 'PERIOD_DAY' },
        dataLife: { seconds: 30 * day },
      };
      const { request } = await access('requestAccess', { identifier: { kind: 'IDENTIFIER_KIND_EMAIL', value: email }, terms, requestId: randomUUID() });
      return request.name;
    },
    /** Reads what was granted on a request, as soon as something is; gives values by attribute. */
    read: async (asked, reason) => {
      const { requests } = await access('listAccessRequests', { pageSize: 1000 });
      const { grant, handle, terms } = requests.find((one) => one.name === asked);
      const target = grant ? { grant } : { subject: `subjects/${handle}`, purpose: terms.purpose };
      const { records } = await access('readRecords', { ...target, reason, advisor: 'Claire', requestId: randomUUID() });
      return Object.fromEntries(records.map((one) => [one.attribute, JSON.parse(one.valueJson)]));
    },
    /** Says that what was read is deleted. */
    attest: async (asked) => {
      const { requests } = await access('listAccessRequests', { pageSize: 1000 });
      const { grant } = requests.find((one) => one.name === asked);
      await access('attestDeletion', { grant, deleteTime: { seconds: Math.floor(Date.now() / 1000) - 1 }, requestId: randomUUID() });
    },
  };
}
