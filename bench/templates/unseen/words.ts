/** Words of the generator for testing; none of them is in `../words.ts`. */
export const THINGS = list(`
  aardvark abacus accordion acrobat airport albatross almanac anchovy anvil apricot aqueduct archive
  artichoke asteroid avocado bagel balcony bamboo banjo barometer basilisk bayou beacon beetroot
  biscuit blizzard bobcat bonfire bouquet broccoli buffalo bungalow cactus calypso caravan cardigan
  cathedral cauliflower cello chameleon chestnut chimney cinnamon cobalt cockatoo coconut compass
  coriander cricket crocodile cucumber cyclone dahlia dolphin dragonfly eclipse eggplant emerald
  falafel ferret fiddle flamingo fossil gazelle geyser ginger glacier gondola gorilla granite guitar
  hamster hazelnut hedgehog hibiscus hurricane hyena iguana indigo jaguar jasmine jellyfish kangaroo
  kayak kiwi lagoon lantern lavender leopard limestone lobster lotus macaw magnolia mandolin mango
  marble meerkat meteor mosaic mulberry nectarine nutmeg oboe octopus opal orchid ostrich oyster
  papaya pelican penguin pineapple pistachio platypus pomelo porcupine quartz quokka raspberry
  rhubarb saffron sapphire scorpion sequoia shallot skylark spinach squid starling tamarind tapir
  thistle toucan truffle tulip turnip walnut walrus wombat xylophone yak zeppelin zucchini`);

export const FOREIGN = list(`
  haus garten strasse schule bruecke kueche fenster wolke freude reise wasser brot kaese apfel berg
  casa perro gato libro camino playa fuego cielo noche verano mercado iglesia puente ventana zapatos
  maison jardin fromage chateau fleur soleil oiseau voiture chemin boulangerie pomme nuage rivage
  strada fiore ponte chiesa montagna luce vento mare stella giardino tavola sedia specchio finestra
  hus skog fjell sjo vinter sommer bok venn bil tog fly mat kaffe kake blomst sol maane stjerne`);

export const QUALITIES = list(`
  abrupt acoustic agile arctic bitter blurry bouncy briny candid chunky coastal crisp dapper dusty
  elastic fluffy foggy frosty gleaming grumpy hasty humid jagged jumbo keen lanky lunar mellow misty
  muddy nimble oblong peppy plush prickly quaint ragged salty sandy sleek slender snug spiral stout
  sturdy swift tangy tepid tidy velvet vivid whimsical woolly zesty`);

export const GIVEN = list(`
  agnieszka ahmed aiko alejandra anders anja ayodele bjorn carmen chidi chiara dmitri dolores eirik
  esperanza fatima feng francesca giulia gunnar haruto hiroshi ingrid ivana jamal joaquin kaito
  katarzyna kwame lars leila lorenzo magnus malika mateo mei miguel nadia naoki ngozi olga omar
  paolo pilar priya rajesh rashid rosario sakura salma sigrid sofija soren svetlana tariq
  thandiwe tomasz valentina vikram wei xavier xiomara yasmin yusuf zainab zofia`);

export const FAMILY = list(`
  abdullah andersson bakker bauer bianchi castillo chen choi dubois eriksen fernandes fischer
  fontaine gonzalez gupta haddad hernandez hoffmann horvat ibrahim ivanov jansen jensen kaya kim
  kowalski kumar larsen lindqvist mbeki mehta moreau moretti mueller nakamura novak okafor okonkwo
  olsen papadopoulos patel petrov popescu ricci rossi schmidt schneider silva singh suzuki svensson
  takahashi tanaka virtanen wagner wang weber yamamoto yilmaz zhang`);

export const SYLLABLES = list(
  `al an ar ba be bo ca ce da del di do el en fa fi ga gri ha is ja ka ki la le lo lu ma me mi mo
  na ne ni no nor or pa pe qui ra re ri ro sa se si so ta te ti to tra tu va ve vi vo xa ya zen zi`,
);

export const TAGS = list(`
  draft alpha beta v2beta canary nightly lts stable legacy gbr usa deu fra nld jpn bra ind ca-on
  us-ny de-by fr-idf asia-east1 europe-north1 northamerica blue-green on-hold in-review q1 q2 q3 fy24
  aapl msft goog tsla amzn btc-usd eth-eur kg lbs mph xs s m l xl xxl`);

export const ENDINGS = list('tar.gz xlsx parquet woff2 webp gif yaml md log bin jpeg ipynb');

export const ALIASES = list(`
  mine own bulk stats validate archive download metadata schema trending history available active`);

function list(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
