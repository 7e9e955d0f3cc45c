import { describeContract, places } from './contract.ts';

for (const [name, withPlace] of Object.entries(places)) describeContract(name, withPlace);
