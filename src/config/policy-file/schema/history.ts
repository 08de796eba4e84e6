import { count, mapping } from '../../schema/pieces.js';

/** As Microsoft Entra learns familiar sign-ins over days rather than by number alone: both must be reached. */
export const learning = () =>
  mapping({
    logins: count(0, 100_000).prefault(5).describe('Logins that succeeded.'),
    days: count(0, 3650).prefault(14).describe('Days since the first of them.'),
  });

/** Bounds keep the whole within some gigabytes of memory, whatever is written here. */
export const history = () =>
  mapping({
    users: count(1, 10_000_000).prefault(500_000).describe('Users whose clients and networks are known.'),
    clients_per_user: count(1, 256).prefault(16).describe('Clients known of one user.'),
    networks_per_user: count(1, 1024).prefault(32).describe('Networks known of one user.'),
    devices: count(1, 10_000_000).prefault(100_000).describe('Different fingerprints.'),
    keys_per_counter: count(1, 10_000_000)
      .prefault(50_000)
      .describe('Fingerprints, networks, addresses or users that one count is kept for.'),
    users_per_count: count(1, 100_000)
      .prefault(1000)
      .describe('Different users that one count tells apart; there it stands still.'),
    days: count(1, 3650)
      .prefault(180)
      .describe("Days after which a user's client or network that was not seen again is forgotten."),
  });
