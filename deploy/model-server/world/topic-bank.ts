/** What the simulated base-prompt model knows people ask about: areas of life, topic families and things in them. */

/** A topic family and the things that people ask about in it. */
export interface TopicFamily {
  /** Two to four words. */
  readonly name: string;
  /** One word for the area of life it belongs to. */
  readonly area: string;
  readonly things: readonly string[];
}

/** Per area: the words of a domain description that point to it, and its families as `name: thing, thing, …`. */
const areas: readonly {
  readonly area: string;
  readonly cues: RegExp;
  readonly families: readonly string[];
}[] = [
  {
    area: 'garden',
    cues: /\b(garden|plant|outdoor|hobb)/i,
    families: [
      'container gardening: potting soil, tomato pots, balcony herbs, drainage holes, trailing strawberries, pot irrigation',
      'lawn care: bare grass patches, lawn fertilizer, moss removal, mower blades, clover lawns, autumn reseeding',
      'composting at home: worm bins, kitchen scraps, leaf mould, compost smell, hot compost piles, bokashi buckets',
      'house plants: root rot, fungus gnats, orchid repotting, fern humidity, grow lamps, cactus watering',
      'fruit trees: apple pruning, cherry blossom frost, tree grafting, codling moths, dwarf pears, tree mulch',
    ],
  },
  {
    area: 'food',
    cues: /\b(food|cook|kitchen|recipe|eat|restaurant|everyday|daily|home)/i,
    families: [
      'bread baking: sourdough starters, dough hydration, crusty loaves, rye flour, oven steam, yeast storage',
      'meal planning: freezer meals, weekly menus, lentil dinners, leftover rice, lunch boxes, grocery budgets',
      'coffee brewing: espresso grinders, paper filters, milk foam, coffee descaling, cold brew, roast freshness',
      'food preservation: pickled cucumbers, jam pectin, vacuum sealing, dried mushrooms, canning jars, fermented cabbage',
      'knife skills: chef knives, whetstone sharpening, onion dicing, cutting boards, bread knives, fish filleting',
      'vegetarian cooking: tofu marinades, bean protein, nutritional yeast, roasted cauliflower, chickpea curries, vegetable stock',
    ],
  },
  {
    area: 'home',
    cues: /\b(home|house|diy|repair|everyday|daily|household)/i,
    families: [
      'home insulation: attic insulation, draughty windows, cavity walls, door seals, thermal bridges, vapour barriers',
      'bathroom repairs: dripping taps, grout mould, toilet cisterns, shower sealant, blocked drains, cracked tiles',
      'interior painting: ceiling paint, wall primers, paint rollers, masking tape, wood varnish, damp stains',
      'heating systems: heat pumps, radiator bleeding, boiler pressure, underfloor heating, smart thermostats, chimney draught',
      'furniture restoration: wobbly chairs, oak veneer, wax polish, loose drawers, woodworm holes, chair upholstery',
      'household cleaning: limescale deposits, oven grease, carpet stains, laundry odours, microfibre cloths, silver tarnish',
    ],
  },
  {
    area: 'health',
    cues: /\b(health|medic|fitness|wellness|sport|body)/i,
    families: [
      'sleep habits: afternoon naps, bedroom temperature, jet lag, caffeine timing, snoring partners, blue light',
      'running training: hilly marathons, running cadence, shin splints, interval sessions, trail shoes, marathon tapering',
      'strength training: deadlift technique, kettlebell swings, protein intake, muscle soreness, squat depth, resistance bands',
      'back pain: desk ergonomics, lumbar support, hamstring stretches, mattress firmness, standing desks, herniated discs',
      'healthy nutrition: dietary fibre, blood sugar, omega fats, salt intake, iron deficiency, breakfast cereals',
      'stress and burnout: breathing exercises, weekend boundaries, meditation apps, panic attacks, burnout recovery, evening rituals',
    ],
  },
  {
    area: 'money',
    cues: /\b(money|financ|invest|bank|tax|budget|econom)/i,
    families: [
      'household budgets: emergency funds, grocery spending, subscription costs, envelope budgeting, energy bills, joint accounts',
      'index investing: tracker funds, dividend reinvestment, bond allocation, currency hedging, portfolio rebalancing, fund fees',
      'home mortgages: fixed rates, mortgage brokers, mortgage repayment, deposit payments, loan insurance, credit scores',
      'income taxes: freelance deductions, tax brackets, charity donations, capital gains, filing deadlines, home offices',
      'retirement saving: pension contributions, annuity contracts, retirement age, withdrawal rates, employer matching, inflation risk',
    ],
  },
  {
    area: 'work',
    cues: /\b(work|career|office|business|job|manage|productiv|compan)/i,
    families: [
      'job interviews: salary negotiation, interview nerves, career gaps, panel interviews, portfolio reviews, reference letters',
      'remote teams: video meetings, onboarding newcomers, chat overload, silent mornings, colleague timezones, virtual whiteboards',
      'public speaking: stage fright, slide decks, opening jokes, awkward silence, microphone technique, wedding toasts',
      'project planning: milestone charts, scope creep, risk registers, deadline estimates, kickoff meetings, backlog grooming',
      'small business marketing: newsletter campaigns, customer reviews, shop windows, loyalty cards, local advertising, brand naming',
      'conflict at work: difficult colleagues, critical feedback, unfair bosses, mediation sessions, credit stealing, team rivalry',
    ],
  },
  {
    area: 'technology',
    cues: /\b(tech|computer|software|program|cod(e|ing)|develop|digital|internet|data|engineer)/i,
    families: [
      'python programming: generator comprehensions, virtual environments, async functions, type hints, package imports, unit testing',
      'home networks: router placement, mesh wifi, network cables, guest networks, parental filters, fibre modems',
      'database design: foreign keys, query indexes, schema migrations, transaction isolation, data normalization, sharded partitions',
      'password security: password managers, phishing emails, hardware tokens, data breaches, passkey logins, recovery codes',
      'smartphone photography: night shots, portrait lenses, photo storage, raw editing, lens cleaning, video stabilizers',
      'web development: page caching, responsive layouts, cookie banners, form validation, browser compatibility, image compression',
      'version control: merge conflicts, branch naming, commit messages, rebase conflicts, branch protection, release tags',
    ],
  },
  {
    area: 'science',
    cues: /\b(scien|physic|biolog|chemi|astro|research|nature|math)/i,
    families: [
      'amateur astronomy: telescope mirrors, meteor showers, star charts, lunar craters, light pollution, planet oppositions',
      'climate science: carbon sinks, ocean currents, permafrost thaw, aerosol cooling, sea levels, climate models',
      'human genetics: dominant genes, ancestry kits, gene editing, twin studies, genetic counselling, mitochondrial inheritance',
      'everyday physics: boiling water, spinning tops, static electricity, bicycle balance, rainbow colours, ice skating',
      'probability puzzles: birthday paradox, coin streaks, lottery odds, card shuffling, conditional probability, casino roulette',
      'animal behaviour: bird migration, octopus intelligence, ant colonies, whale songs, dog communication, cat purring',
    ],
  },
  {
    area: 'travel',
    cues: /\b(travel|tour|holiday|vacation|trip|leisure)/i,
    families: [
      'train travel: night trains, rail passes, seat reservations, missed connections, luggage racks, scenic railways',
      'camping trips: tent pegs, sleeping bags, camp stoves, mosquito nets, water filters, campsite etiquette',
      'city breaks: museum passes, walking tours, hotel districts, street markets, airport transfers, tourist crowds',
      'travel with children: car sickness, flight boredom, child passports, stroller rental, family hostels, beach safety',
      'mountain hiking: altitude sickness, hiking boots, weather forecasts, hut bookings, trail markers, trekking poles',
    ],
  },
  {
    area: 'history',
    cues: /\b(histor|politic|societ|culture|geograph)/i,
    families: [
      'ancient rome: roman aqueducts, gladiator schools, senate factions, roman masonry, legion discipline, grain supply',
      'industrial revolution: steam engines, cotton mills, canal building, child labour, railway mania, luddite protests',
      'medieval life: castle kitchens, guild apprentices, plague doctors, village mills, pilgrimage routes, monastic farming',
      'voting systems: proportional representation, ranked ballots, electoral districts, turnout decline, coalition governments, referendum design',
      'cold war: space race, berlin airlift, nuclear deterrence, spy exchanges, proxy conflicts, missile treaties',
    ],
  },
  {
    area: 'arts',
    cues: /\b(art|music|film|creativ|writ|literat|book|design)/i,
    families: [
      'guitar playing: barre chords, string gauges, finger calluses, strumming patterns, guitar tuning, capo positions',
      'novel writing: plot twists, dialogue tags, unreliable narrators, chapter endings, character arcs, opening lines',
      'watercolour painting: paper buckling, sable brushes, pigment blending, sky washes, masking fluid, pigment granulation',
      'classical music: string quartets, opera overtures, sonata form, orchestra seating, baroque ornaments, symphony movements',
      'film making: camera angles, film lighting, boom microphones, storyboard sketches, jump cuts, colour grading',
    ],
  },
  {
    area: 'family',
    cues: /\b(famil|parent|child|pet|relationship|everyday|daily)/i,
    families: [
      'toddler parenting: bedtime tantrums, potty training, picky eaters, screen limits, sharing toys, nursery farewells',
      'dog training: leash pulling, puppy biting, recall commands, barking dogs, crate training, treat rewards',
      'cat care: litter boxes, scratching posts, indoor cats, cat dandruff, feline diets, vet visits',
      'elderly care: fall prevention, pill organizers, dementia conversations, stair lifts, care homes, hearing aids',
      'wedding planning: guest invitations, seating charts, wedding budgets, outdoor ceremonies, vow writing, wedding caterers',
    ],
  },
  {
    area: 'learning',
    cues: /\b(learn|educat|school|stud|teach|languag|universit|general|assistant|anything|question)/i,
    families: [
      'language learning: vocabulary cards, listening practice, verb conjugation, accent reduction, language exchanges, grammar drills',
      'exam preparation: revision timetables, past papers, memory palaces, exam anxiety, study groups, lecture notes',
      'essay writing: thesis statements, source citations, essay outlines, essay transitions, plagiarism detection, essay conclusions',
      'mental arithmetic: multiplication tricks, percentage estimates, fraction comparison, estimation skills, decimal division, discount calculation',
      'speed reading: reading comprehension, eye movements, skimming textbooks, margin notes, audiobook listening, reading fatigue',
    ],
  },
  {
    area: 'mobility',
    cues: /\b(car|bike|bicycl|transport|vehicle|mobil|driv|everyday|daily)/i,
    families: [
      'bicycle maintenance: chain lubrication, brake pads, puncture repair, gear shifting, wheel truing, saddle height',
      'electric cars: charging cables, battery ageing, winter range, home chargers, regenerative braking, charging networks',
      'used cars: service records, rust inspection, mileage fraud, engine noises, private sellers, clutch wear',
      'driving lessons: parallel parking, motorway merging, hill braking, roundabout rules, clutch control, driving anxiety',
    ],
  },
  {
    area: 'law',
    cues: /\b(law|legal|right|contract|consumer|customer|support|service)/i,
    families: [
      'tenant rights: rent increases, security deposits, mould complaints, notice periods, subletting rules, broken heating',
      'consumer complaints: parcel delays, warranty refunds, refund refusals, cancelled flights, faulty phones, gym contracts',
      'copyright basics: music sampling, photo licences, parody exceptions, open licences, book quotations, fan fiction',
      'inheritance planning: disinherited heirs, executor duties, gift taxes, family trusts, probate courts, digital estates',
    ],
  },
];

export const topicBank: readonly TopicFamily[] = areas.flatMap(({ area, families }) =>
  families.map((family) => {
    const [name = '', things = ''] = family.split(': ');
    return { name, area, things: things.split(', ') };
  }),
);

/** The areas of life that a domain description points to; none if it is about something else. */
export function areasOfDomain(domain: string): ReadonlySet<string> {
  return new Set(areas.filter(({ cues }) => cues.test(domain)).map(({ area }) => area));
}

/** What narrows a family down when more families are asked for than the bank has. */
export const circumstances: readonly string[] = [
  'for renters',
  'for pensioners',
  'on weekends',
  'in winter',
  'in summer',
  'in cities',
  'in villages',
  'for couples',
  'for teenagers',
  'for clubs',
  'for charities',
  'with allergies',
  'abroad',
  'as gifts',
  'after moving',
  'for neighbours',
  'in schools',
  'on islands',
  'for volunteers',
  'before holidays',
];

/** What people ask about in a family that the bank does not have; `{t}` is the family. */
export const aspects: readonly string[] = [
  '{t} costs',
  '{t} equipment',
  '{t} mistakes',
  '{t} safety',
  '{t} planning',
  '{t} training',
  '{t} quality',
  '{t} regulations',
];
