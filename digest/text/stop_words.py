"""What no phrase of a title or abstract may hold, begin with or end with, as lists of English words."""

from __future__ import annotations

_FUNCTION_WORDS = """
a about above across after again against all almost along already also although always am among amid an and another any
anything are aren't around as aside at away back be because become becomes been before behind being below beside besides
between beyond both but by can cannot can't could despite did do does doesn't doing don't done down due during each either
else enough et etc even ever every everything except few fewer first for from further get gets give gives go goes had has
have having he hence her here hers herself him his how however i if in indeed inside instead into is isn't it its itself
just last later latter least less like little made make makes making many may me might mine more moreover most much must
my near nearly neither never no nobody none nor not nothing now of off often on once one ones only onto or other others
otherwise our ours out outside over own per perhaps please quite rather really same say second seem seems several shall she
should since so some something still such take takes than that the their theirs them then there thereby therefore these
they thing things this those though three through throughout thus to together too toward towards two under unless unlike
until up upon us use used uses using usually very via versus vs was we well were what whatever when whenever where whereas
whereby wherein whether which while who whole whom whose why will with within without would yet you your yours i.e e.g ie eg
al cf four five ten respectively namely regarding concerning including included based according
"""

# Verbs that papers use to tell what they did and found; each stands for its forms in -s, -ed and -ing. Words that also
# name things ("model", "design", "benchmark") are not here.
_VERBS = """
accelerate access accomplish account achieve acquire address adopt advance affect aim allow alleviate analyze analyse
answer appear apply argue arise assess assume attain attempt augment avoid balance become begin believe better boost break
bridge bring build capture carry cause challenge characterize choose circumvent claim close combine come compare complement
compute conclude conduct confirm consider consist construct contain continue contribute convert cover create decide
decouple decrease define degrade deliver demonstrate depend deploy derive describe detail determine develop differ discover
discuss dominate draw drive eliminate embed emerge employ empower enable encode encounter encourage enhance enrich ensure
establish estimate evaluate examine exceed exhibit exist expand expect explain exploit explore express extend extract face
facilitate fail fall feature fill find fine-tune finish fix follow force form formalize formulate foster fuse gain generalize
generate get govern grow guarantee guide handle happen harness help hide highlight hinder hold identify ignore illustrate
implement imply improve include incorporate incur indicate induce infer inform inherit inject inspire integrate introduce
investigate involve isolate keep know lack lead learn leave let leverage lie limit maintain match maximize mean measure meet
mitigate modify motivate move need note obtain occur offer operate optimize outperform overcome perform pose possess predict
prefer preserve prevent produce promote propose prove provide publish pursue put quantify raise reach read realize receive
recognize reconstruct recover reduce refer refine reflect relate release rely remain remove render replace report represent
require resolve result retain rethink retrieve reveal revisit run satisfy save say seek select serve set share show simplify
simulate solve specify speed stand start stem strengthen strive struggle study substantiate suffer suggest suit support
surpass sustain synthesize tackle take tell tend think transform treat try turn understand undergo underscore unify unleash
unlock update utilize validate vary verify want work write yield
"""

_NOUNS_AMONG_VERBS = """
access account advance answer balance bridge build challenge cover detail drive face feature force form guide lack lead limit
match measure need note release report result run share speed support study work learning embedding reading writing
building rendering understanding coding setting imaging computing generating clustering answering pruning
"""

_ADJECTIVES_OF_PRAISE = """
able accurate additional adequate advanced alternative ambitious appropriate available average baseline best better
broad broader careful central certain clear clearer coherent common comparable competitive complete complex comprehensive
compelling concrete considerable consistent conventional core corresponding critical crucial current customized dedicated
deeper desirable desired detailed different difficult diverse dramatic earlier easy effective efficient elegant emerging
empirical end enhanced enormous entire essential established excellent existing experimental explicit extensive extra fast
faster feasible final fine flexible former foundational fresh full fully fundamental future general generic good great greater
growing hard harder heavy high higher highest holistic huge ideal identical immediate impressive improved inadequate
increasing individual inherent initial innovative insightful instrumental intended interesting intrinsic intuitive key
large-scale larger largest late latest leading lightweight limited long longer low lower lowest main mainstream major marginal
massive maximum meaningful minimal minimum minor modern modest multiple myriad naive natural necessary new newer newly next
notable novel numerous numeric obvious ongoing open original overall particular performing plausible poor popular possible
potential powerful practical precise preliminary present previous primary principled prior prohibitive promising prominent
proper proposed proven purely rapid rare real real-world reasonable recent related relative relevant reliable remarkable
representative rich rigorous rising robust scarce scalable seamless separate serious severe significant similar simple
simpler single small smaller smart smooth solid sole sophisticated sota specific specialized standard state-of-the-art
straightforward strong stronger strongest subsequent substantial subtle successful sufficient suitable superior surprising
systematic tailored targeted thorough total traditional tremendous true twofold typical ultimate underlying unexplored unified
unique universal unprecedented unseen useful usual valid valuable various vast versatile viable vital weak whole wide wider
widespread world worse year years
"""

_WORDS_THAT_NAME_NOTHING = """
ability accuracy achievement addition advance advancement advantage aim amount analysis answer application approach area
aspect assumption attempt attention author availability baseline basis behavior benchmark benefit better bottleneck
breakthrough broad capability case cause challenge choice code combination community comparison complexity component
concept concern conclusion condition consequence consideration constraint contribution cost dataset datasets data-driven
deficiency degree demand dependency design detail development difference difficulty direction discussion domain due effect
effectiveness efficacy efficiency effort element enhancement evaluation evidence example experiment extension extent factor
feasibility finding flexibility focus form foundation framework fundamental future gain gap general goal good group guideline
hand high idea impact implication importance improvement increase information input insight instance instead integration
interest issue key kind knowledge lack landscape latter lead length level limitation line literature low main making manner
margin mean means measure mechanism metric method methodology model-agnostic modern motivation nature need new notion novel
number objective open opportunity option order outcome output overview paper paradigm part path perception performance
perspective phenomenon pipeline point possibility potential power practice presence principle prior problem procedure
process progress promise proof property proposal prospect purpose quality question range rate rationale ratio reason recent
regime related reliability reproducibility requirement research researcher resource result review risk robust robustness
role room rule scalability scale scenario scheme scope section sense set setting setup shortcoming significance simple
situation size solution sota source space specific stage state state-of-the-art step strategy strength study sub subject
success such superiority support survey system-level target task technique technology term test theory thing time tool
topic trade-off tradeoff trend type understanding unit usage use utility validity value variant variation variety various
version versus view vital way weakness work workflow year
"""

_STILL_NAMES = "attention knowledge perception theory proof code review survey"

NOUNS_IN_LY = frozenset("anomaly assembly family monopoly homology july italy reply supply butterfly fly".split())

NOUNS_LIKE_ADJECTIVES = frozenset(
    """signal retrieval trial removal proposal appraisal arrival material manual journal mineral capital hospital terminal
    crystal metal animal goal narrative incentive initiative music traffic logic fabric mosaic clinic public magic plastic
    ceramic antibiotic heuristic characteristic analytic arithmetic epidemic pandemic critic robotic derivative primitive
    negative positive archive drive hive dialogical integral interval potential kernel tutorial memorial festival rival
    functional polynomial binomial radical chemical pharmaceutical withdrawal renewal disposal survival festival referral
    approval betrayal portal canal coral dial vial table variable cable vegetable deliverable executable renewable wearable
    consumable skill muscle preamble ensemble bible syllable statistic graphic topic metric politic physic optic
    acoustic electronic photonic mechanic dynamic genomic linguistic semantic ethic aesthetic forensic economic
    mathematic pragmatic cosmic ionic pathetic biometric bionic diagnostic prognostic therapeutic haptic tropic
    aerodynamic thermodynamic hydrodynamic kinematic plasmonic spintronic avionic logistic informatic proteomic
    nanoparticle article vehicle obstacle particle circle cycle oracle miracle muscle angle triangle scale whole mole
    role tile smile profile file missile mobile vocal locale""".split()
)
"""Nouns that end as adjectives do, in the singular as `fold` makes it."""

NOUNS_IN_ED = frozenset(
    """supervised unsupervised semi-supervised self-supervised weakly-supervised distributed embedded augmented federated
    automated pretrained masked structured unstructured quantized mixed shared constrained randomized decentralized
    centralized personalized encrypted weighted directed linked nested speed need seed feed breed embed red bed
    compressed animated connected grounded interleaved disentangled distilled biased unbiased aged blurred generated
    situated networked unmanned controlled delayed coupled layered bounded finite-sized trusted""".split()
)

NOUNS_IN_ING = frozenset(
    """learning training reasoning tracking clustering streaming imaging coding routing embedding spiking sampling pricing
    scheduling planning testing debugging programming writing reading driving gaming tutoring forecasting prompting scaling
    steering building processing mining matching ranking rendering lighting king string spring ring wing sensing computing
    computer-aided bidding trading banking crowdsourcing caching indexing hashing pooling gating tuning pruning quantizing
    speaking aging drawing counseling manufacturing engineering accounting marketing voting hiring nursing parking farming
    reinforcement-learning mapping modeling modelling pre-training post-training fine-tuning fuzzing hearing branching
    mixing beamforming filtering smoothing scattering lensing splitting freezing bending boosting bagging binding folding
    sequencing screening docking grasping walking running swimming evolving-graph reading-comprehension operating spatial
    conditioning grounding captioning summarizing editing inpainting splatting painting dubbing answering understanding
    shopping housing timing signing singing cooking teaching meeting catching healing""".split()
)


def _forms(verb: str) -> set[str]:
    """The verb's forms in -s, -ed and -ing, as far as simple rules make them."""
    if verb.endswith("e"):
        return {verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"}
    if verb.endswith("y") and verb[-2] not in "aeou":
        return {verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"}
    s_form = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z")) else f"{verb}s"
    return {verb, s_form, f"{verb}ed", f"{verb}ing", f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing"}


BREAKING = frozenset(
    set(_FUNCTION_WORDS.split())
    | {form for verb in _VERBS.split() if verb not in _NOUNS_AMONG_VERBS.split() for form in _forms(verb)}
    - set(_NOUNS_AMONG_VERBS.split())
    | set("arxiv https http www com github io org huggingface found shown built drawn led known given written".split())
)
"""Words that end a run: function words, verbs, and the pieces of addresses."""

NEVER_FIRST = frozenset(_ADJECTIVES_OF_PRAISE.split() + _WORDS_THAT_NAME_NOTHING.split()) - frozenset(
    "attention knowledge code data information perception source state test time risk power proof process design group "
    "space scale path rule point set topic theory quality question research tool evidence concept low rate open "
    "input cost value task real natural".split()
)
"""Words that no name begins with."""

NEVER_LAST = (
    frozenset(_ADJECTIVES_OF_PRAISE.split() + _WORDS_THAT_NAME_NOTHING.split())
    - frozenset(_STILL_NAMES.split())
    | frozenset(
        "based driven aware large deep overhead category relationship context object-level pixel-wise neural "
        "multi dual cross pre post semi co non anti real inter intra sub zero-shot few-shot end-to-end".split()
    )
)
"""Words that no name ends with, in the singular or as written."""

SAYING_NOTHING = frozenset(
    """large language model|large language|language model|deep learning|machine learning|neural network|deep neural network
    |natural language|natural language processing|language processing|training data|artificial intelligence
    |computer vision|foundation model|learning model|deep learning model|machine learning model|upper bound|open source
    |case study|open source code|source code|generative model|pre trained model|state space|neural model|ai model
    |empirical study|ablation study|user study|code generation model|training set|test set|feature space|search space
    |learning algorithm|model architecture|model size|model training|training process|inference time|time series data
    |image data|text data|video data|human evaluation|human expert|llm based|ai system|language learning
    |vision model|fine tuned model|model family|base model|target model|loss function|objective function|training strategy
    |learning rate|hidden state|latent space|embedding space|feature map|ground truth|prior knowledge|domain expert
    |data point|data distribution|computing resource|synthetic data generation pipeline|decision making process
    |generative ai|ai technology|ai tool|machine learning algorithm|machine learning technique|optimization algorithm
    |optimization problem|feature extraction|feature representation|model parameter|model weight|training sample
    |parameter count|code base|open weight model|frontier model|proprietary model|open source model|closed source model
    |temporal resolution|pre training data|real data|real image|input image|word problem|human annotator
    |language understanding|multi stage training|training stage|stage training|model output|model response
    |high quality data|user query|user intent|decision maker|model capacity|learning process|learning paradigm
    |language model llm|large model|ai research|wall clock|inference cost|transformer model|transformer architecture
    |attention mechanism|self attention|self attention mechanism|transformer based model|multi head attention"""
    .replace("\n", "").split("|")
)
"""Whole phrases, folded, that are in every other paper and name no subject."""
