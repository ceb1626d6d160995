import type { Address } from '@portico/service-kit/address';
import { pastId } from './past-id.ts';
import type { Random } from './random.ts';

export type DemoCustomer = {
  id: string;
  name: string;
  email: string;
  phone: string;
  address: Address;
  status: 'active' | 'inactive';
  createdAt: Date;
};

type Place = {
  country: string;
  city: string;
  state: string | null;
  streets: readonly [string, ...string[]];
  /** `#` stands for a digit. */
  postal: string;
  phone: string;
};

// biome-ignore format: tables
const FIRST_NAMES = ['Amara', 'Anton', 'Beatriz', 'Bilal', 'Chidi', 'Clara', 'Daichi', 'Elif', 'Emma', 'Fatima', 'Felix', 'Grace', 'Hana', 'Ingrid', 'Ivan', 'Jonas',
  'Kenji', 'Laila', 'Liam', 'Lucía', 'Maëlle', 'Mateo', 'Mei', 'Nadia', 'Noah', 'Olivia', 'Omar', 'Priya', 'Rafael', 'Sakura', 'Sofia', 'Tomás', 'Yara', 'Zoë'] as const;
// biome-ignore format: tables
const LAST_NAMES = ['Almeida', 'Bauer', 'Brown', 'Chen', 'Cohen', 'Diallo', 'Dubois', 'Eriksen', 'Fischer', 'García', 'Haddad', 'Ito', 'Jansen', 'Johnson', 'Kowalski', 'Kim',
  'López', 'Martin', 'Mbeki', 'Müller', 'Nakamura', 'Nguyen', 'Novák', "O'Connor", 'Okafor', 'Patel', 'Rossi', 'Santos', 'Schmidt', 'Silva', 'Smith', 'Tanaka', 'Yılmaz'] as const;

// biome-ignore format: a table
const PLACES: readonly [Place, ...Place[]] = [
  { country: 'US', city: 'Portland', state: 'OR', streets: ['NW Everett Street', 'SE Hawthorne Boulevard'], postal: '972##', phone: '+1 503 555 01##' },
  { country: 'US', city: 'New York', state: 'NY', streets: ['West 23rd Street', 'Amsterdam Avenue', 'Bleecker Street'], postal: '100##', phone: '+1 212 555 01##' },
  { country: 'US', city: 'Austin', state: 'TX', streets: ['South Congress Avenue', 'Guadalupe Street'], postal: '787##', phone: '+1 512 555 01##' },
  { country: 'DE', city: 'Hamburg', state: null, streets: ['Eppendorfer Weg', 'Osterstraße'], postal: '202##', phone: '+49 40 555 01##' },
  { country: 'FR', city: 'Lyon', state: null, streets: ['Rue de la République', 'Quai Saint-Vincent'], postal: '6900#', phone: '+33 4 72 55 01 ##' },
  { country: 'GB', city: 'Bristol', state: null, streets: ['Gloucester Road', 'Park Street'], postal: 'BS# #JX', phone: '+44 117 496 0###' },
  { country: 'JP', city: 'Osaka', state: 'Osaka', streets: ['Umeda 2-chome', 'Shinsaibashisuji 1-chome'], postal: '530-00##', phone: '+81 6 5550 01##' },
  { country: 'KW', city: 'Kuwait City', state: null, streets: ['Fahad Al-Salem Street', 'Arabian Gulf Street'], postal: '130##', phone: '+965 5550 01##' },
  { country: 'CA', city: 'Toronto', state: 'ON', streets: ['Queen Street West', 'Spadina Avenue'], postal: 'M5V #K#', phone: '+1 416 555 01##' },
];

const DAY_MS = 86_400_000;

/** People from several countries. E-mail addresses are of example.com and its kin, which belong to nobody (RFC 2606). */
export function demoCustomers(count: number, now: Date, random: Random): DemoCustomer[] {
  return Array.from({ length: count }, (_, i) => {
    const name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`;
    const place = random.pick(PLACES);
    // They have all been here for longer than the oldest order.
    const createdAt = new Date(now.getTime() - random.int(181 * DAY_MS, 720 * DAY_MS));
    return {
      id: pastId('customer', createdAt.getTime(), random),
      name,
      email: emailOf(name, i, random),
      phone: digitsIn(place.phone, random),
      address: {
        street: `${random.int(1, 240)} ${random.pick(place.streets)}`,
        city: place.city,
        state: place.state,
        postalCode: digitsIn(place.postal, random),
        country: place.country,
      },
      status: random.next() < 0.95 ? 'active' : 'inactive',
      createdAt,
    };
  });
}

function digitsIn(pattern: string, random: Random): string {
  return pattern.replace(/#/g, () => String(random.int(0, 9)));
}

function emailOf(name: string, i: number, random: Random): string {
  const letters = name.normalize('NFKD').replace(/ı/g, 'i').toLowerCase();
  const local = letters.replace(/[^a-z ]/g, '').replace(/ /g, '.');
  return `${local}.${i + 1}@${random.pick(['example.com', 'example.org', 'example.net'])}`;
}
