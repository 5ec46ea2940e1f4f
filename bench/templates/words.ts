/** Words of which the generators for tuning make slugs and names. The generator for testing has others. */
export const WORDS = {
  adjectives: list(`
    amber ancient autumn big black blue bold brave bright broken calm cheap classic clean clever cold
    cosmic crimson curly daily dark deep dry early easy eager empty fancy fast final first fresh gentle
    giant golden grand great green grey happy heavy hidden holy huge icy jolly large late lazy little
    lively local long loud lucky mad magic mighty modern narrow neat new nice noisy odd old open orange
    pale patient plain polite premium proud purple quick quiet rapid rare red rich rough round royal
    rusty sad safe secret shiny short shy silent silver simple slow small smart smooth soft solid sour
    spicy spring steep still strong summer sunny super sweet tall tame tiny total ultra urban vast
    violet warm weak wet white wide wild winter wise wooden yellow young`),
  nouns: list(`
    apple arrow badge ball band bank basket beach bear bell bench bike bird boat bolt book boot bottle
    bowl box branch bread brick bridge brush bucket cabin cable cake camera candle canyon card castle
    cat chair cherry circle city clock cloud coast coat coffee coin comet copper corner cotton cow crane
    creek crown cup curtain desert desk diamond dog door dragon dream drum eagle earth engine falcon
    farm feather fence field finger fire fish flag flame flower forest fork fox frog garden gate ghost
    glass glove goat grape grass hammer harbor hat hawk heart hill honey horse house island jacket
    jungle kettle key king kite knife ladder lake lamp leaf lemon lion lock maple meadow mirror monkey
    moon moose mountain mouse needle nest night ocean onion otter owl paint panda paper parrot peach
    pearl pencil pepper phoenix piano pillow pine pirate planet plum pocket pond potato prairie puzzle
    rabbit radio rain raven ribbon ring river road robot rocket roof rose sail salmon sand scarf shadow
    sheep ship shirt shoe sky smoke snake snow sock spider spoon star stone storm sugar sun swan sword
    table temple thunder tiger tower train tree turtle umbrella valley village violin volcano wagon
    wall water wave whale wheel wind window wolf wood zebra`),
  verbs: list(`
    add avoid become begin bring build buy catch change choose clean compare cook create cut deploy
    draw drive fight find fix grow hire improve invest keep launch learn love make manage measure
    migrate move open paint plan prepare protect reach read repair save scale secure sell start stop
    survive teach test train travel try understand use visit watch win write`),
  firsts: list(`
    aaron abigail adam alice amanda amy andrew angela anna anthony barbara ben betty brian carol
    charles chloe chris daniel david deborah dennis diana donald dorothy edward elena emily emma eric
    ethan frank gary george grace hannah harold heather helen henry jack jacob james janet jason jean
    jeff jessica joan joe john jordan joseph joyce julia justin karen kate keith kelly kevin kyle larry
    laura linda lisa logan lucas madison margaret maria mark martha mary matt megan michael mike nancy
    nathan nick nicole noah olivia oscar pamela patricia paul peter rachel ralph rebecca richard robert
    rose roy ruth ryan sam samantha sandra sarah scott sean sharon simon sophia stephen steve susan
    terry thomas tim tom tyler victoria walter will zoe`),
  lasts: list(`
    adams allen anderson bailey baker barnes bell bennett brooks brown butler campbell carter clark
    collins cook cooper cox cruz davis diaz edwards evans fisher flores foster garcia gomez gray green
    hall harris hill howard hughes jackson james jenkins johnson jones kelly king lee lewis long lopez
    martin martinez miller mitchell moore morgan morris murphy myers nelson nguyen ortiz parker perez
    perry peterson phillips powell price ramirez reed rivera roberts rodriguez rogers ross russell
    sanchez sanders scott smith stewart sullivan taylor thomas thompson torres turner walker ward watson
    white williams wilson wood wright young`),
  places: list(`
    amsterdam athens atlanta austin bangkok barcelona berlin boston brussels cairo chicago dallas delhi
    denver dublin frankfurt geneva hamburg helsinki houston istanbul jakarta lisbon london madrid
    manila melbourne mexico miami milan montreal moscow mumbai munich nairobi oslo paris prague rome
    santiago seattle seoul shanghai singapore stockholm sydney tokyo toronto vienna warsaw zurich`),
  codes: list(`
    us gb de fr es it nl be at ch se no dk fi pl cz pt gr ie jp cn in br mx ca au nz za eur usd gbp chf
    sek jpy en en-US en-GB de-DE fr-FR es-ES it-IT ja-JP pt-BR zh-CN prod staging dev test eu-west-1
    us-east-1 us-west-2 ap-south-1 basic pro team enterprise bronze silver gold`),
  prefixes: list(`
    cus_ acct_ sub_ in_ pi_ ch_ tok_ usr_ user_ org_ team_ prj_ evt_ msg_ file- job_ run_ ord_ inv_
    key_ wh_ tmpl_ txn_ doc- img- sess_ U C T B`),
  extensions: list('pdf png jpg json csv txt xml html zip docx mp4 svg js css'),
} as const;

function list(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
