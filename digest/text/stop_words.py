"""What no phrase of a title or abstract may hold, begin with or end with: lists of English words, in small letters."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))


def _forms(verb: str) -> set[str]:
    """The verb and its forms in -s, -ed and -ing, as far as simple rules make them."""
    if verb.endswith("e"):
        return {verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"}
    if verb.endswith("y") and verb[-2] not in "aeou":
        return {verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"}
    s_form = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z")) else f"{verb}s"
    return {verb, s_form, f"{verb}ed", f"{verb}ing", f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing"}


_FUNCTION_WORDS = _words("""
    a about above according across after again against al all almost along already also although always am amid
    among an and another any anything are aren't around as aside at away back based be because become becomes been
    before behind being below beside besides between beyond both but by can can't cannot cf concerning could despite
    did do does doesn't doing don't done down due during e.g each eg either else enough et etc even ever every
    everything except few fewer first five for four from further get gets give gives go goes had has have having he
    hence her here hers herself him his how however i i.e ie if in included including indeed inside instead into is
    isn't it its itself just last later latter least less like little made make makes making many may me might mine
    more moreover most much must my namely near nearly neither never no nobody none nor not nothing now of off often
    on once one ones only onto or other others otherwise our ours out outside over own per perhaps please quite
    rather really regarding respectively same say second seem seems several shall she should since so some something
    still such take takes ten than that the their theirs them then there thereby therefore these they thing things
    this those though three through throughout thus to together too toward towards two under unless unlike until up
    upon us use used uses using usually versus very via vs was we well were what whatever when whenever where
    whereas whereby wherein whether which while who whole whom whose why will with within without would yet you your
    yours
""")

# What papers say they did and found. Words that as often name a thing ("model", "design", "benchmark") are not here.
_VERBS = _words("""
    accelerate accomplish achieve acquire address adopt affect aim alleviate allow analyse analyze appear apply
    argue arise assess assume attain attempt augment avoid become begin believe better boost break bring capture
    carry cause characterize choose circumvent claim close combine come compare complement compute conclude conduct
    confirm consider consist construct contain continue contribute convert create decide decouple decrease define
    degrade deliver demonstrate depend deploy derive describe determine develop differ discover discuss dominate
    draw eliminate embed emerge employ empower enable encode encounter encourage enhance enrich ensure establish
    estimate evaluate examine exceed exhibit exist expand expect explain exploit explore express extend extract
    facilitate fail fall fill find fine-tune finish fix follow formalize formulate foster fuse gain generalize
    generate get govern grow guarantee handle happen harness help hide highlight hinder hold identify ignore
    illustrate implement imply improve include incorporate incur indicate induce infer inform inherit inject inspire
    integrate introduce investigate involve isolate keep know learn leave let leverage lie maintain maximize mean
    meet mitigate modify motivate move obtain occur offer operate optimize outperform overcome perform pose possess
    predict prefer preserve prevent produce promote propose prove provide publish pursue put quantify raise reach
    read realize receive recognize reconstruct recover reduce refer refine reflect relate rely remain remove render
    replace represent require resolve retain rethink retrieve reveal revisit satisfy save say seek select serve set
    show simplify simulate solve specify stand start stem strengthen strive struggle substantiate suffer suggest
    suit surpass sustain synthesize tackle take tell tend think transform treat try turn undergo underscore
    understand unify unleash unlock update utilize validate vary verify want write yield
""")

_PARTICIPLES_AND_ADDRESSES = _words("""
    arxiv built com drawn found github given http https huggingface io known led org seen shown taken written www
""")

_NOUNS_AMONG_VERBS = _words("""
    boosting computing drawing embedding generating learning meeting operating reading rendering setting
    understanding writing
""")

BREAKING = (
    _FUNCTION_WORDS
    | _PARTICIPLES_AND_ADDRESSES
    | {form for verb in _VERBS for form in _forms(verb)} - _NOUNS_AMONG_VERBS
)
"""Words that no phrase holds."""

_ADJECTIVES_OF_PRAISE = _words("""
    able accurate additional adequate advanced alternative ambitious appropriate available average baseline best
    better broad broader careful central certain clear clearer coherent common comparable compelling competitive
    complete complex comprehensive concrete considerable consistent conventional core corresponding critical crucial
    current customized data-driven dedicated deeper desirable desired detailed different difficult diverse dramatic
    earlier easy effective efficient elegant emerging empirical end enhanced enormous entire essential established
    excellent existing experimental explicit extensive extra fast faster feasible final fine flexible former
    foundational fresh full fully fundamental future general generic good great greater growing hard harder heavy
    high higher highest holistic huge ideal identical immediate impressive improved inadequate increasing individual
    inherent initial innovative insightful instrumental intended interesting intrinsic intuitive key large-scale
    larger largest late latest leading lightweight limited long longer lower lowest main mainstream major marginal
    massive maximum meaningful minimal minimum minor modern modest multiple myriad naive necessary new newer newly
    next notable novel numeric numerous obvious ongoing original overall particular performing plausible poor
    popular possible potential powerful practical precise preliminary present previous primary principled prior
    prohibitive prominent promising proper proposed proven purely rapid rare real-world reasonable recent related
    relative relevant reliable remarkable representative rich rigorous rising robust scalable scarce seamless
    separate serious severe significant similar simple simpler single small smaller smart smooth sole solid
    sophisticated sota specialized specific standard state-of-the-art straightforward strong stronger strongest
    subsequent substantial subtle successful sufficient suitable superior surprising systematic tailored targeted
    thorough total traditional tremendous true twofold typical ultimate underlying unexplored unified unique
    universal unprecedented unseen useful usual valid valuable various vast versatile viable vital weak whole wide
    wider widespread world worse year years
""")

_WORDS_THAT_NAME_NOTHING = _words("""
    ability accuracy achievement addition advance advancement advantage aim amount analysis answer application
    approach area aspect assumption attempt author availability basis behavior benchmark benefit bottleneck
    breakthrough capability case cause challenge choice combination community comparison complexity component
    concept concern conclusion condition consequence consideration constraint contribution cost dataset datasets
    deficiency degree demand dependency design detail development difference difficulty direction discussion domain
    due effect effectiveness efficacy efficiency effort element enhancement evaluation evidence example experiment
    extension extent factor feasibility finding flexibility focus form foundation framework gain gap goal group
    guideline hand idea impact implication importance improvement increase information input insight instance
    instead integration interest issue kind lack landscape latter lead length level limitation line literature
    making manner margin mean means measure mechanism method methodology metric model-agnostic motivation nature
    need notion number objective opportunity option order outcome output overview paper paradigm part path
    performance perspective phenomenon pipeline point possibility power practice presence principle problem
    procedure process progress promise property proposal prospect purpose quality question range rate ratio
    rationale reason regime reliability reproducibility requirement research researcher resource result risk
    robustness role room rule scalability scale scenario scheme scope section sense set setting setup shortcoming
    significance situation size solution source space stage state step strategy strength study sub subject success
    such superiority support survey system-level target task technique technology term test thing time tool topic
    trade-off tradeoff trend type understanding unit usage use utility validity value variant variation variety
    version versus view way weakness work workflow
""")

_WORDS_THAT_ONLY_OPEN = _words("""
    anti aware based category co content context cross deep driven dual end-to-end few-shot inter intra large low
    multi natural neural non object-level open overhead pixel-wise post pre real relationship semi zero-shot
""")

_STILL_OPEN = _words("""
    attention code concept cost design evidence group information input knowledge path perception point power
    process proof quality question rate research risk rule scale set source space state task test theory time tool
    topic value
""")

NEVER_FIRST = (_ADJECTIVES_OF_PRAISE | _WORDS_THAT_NAME_NOTHING) - _STILL_OPEN
"""Words that no phrase begins with."""

NEVER_LAST = _ADJECTIVES_OF_PRAISE | _WORDS_THAT_NAME_NOTHING | _WORDS_THAT_ONLY_OPEN
"""Words that no phrase ends with, in the singular or as written."""

NOUNS_IN_LY = _words("""
    anomaly assembly butterfly family fly italy july monopoly reply supply
""")

NOUNS_IN_ED = _words("""
    animated augmented automated biased blurred bounded breed centralized compressed connected constrained
    controlled coupled decentralized delayed directed disentangled distilled distributed embed embedded encrypted
    federated generated grounded interleaved layered linked masked mixed nested networked personalized pretrained
    quantized randomized shared situated speed structured supervised trusted unbiased unmanned unstructured
    unsupervised weighted
""")
"""Words in -ed that are part of names, unlike other such words."""

NOUNS_IN_ING = _words("""
    accounting answering bagging banking beamforming bending bidding binding boosting branching building caching
    captioning catching clustering coding computing conditioning cooking counseling crowdsourcing debugging docking
    drawing driving dubbing editing embedding engineering farming filtering folding forecasting freezing fuzzing
    gaming gating grasping grounding hashing healing hearing hiring housing imaging indexing inpainting learning
    lensing lighting manufacturing mapping marketing matching meeting mining mixing modeling modelling nursing
    operating painting parking planning pooling pricing processing programming prompting pruning quantizing ranking
    reading reasoning rendering routing running sampling scaling scattering scheduling screening sensing sequencing
    shopping signing singing smoothing speaking spiking splatting splitting spring steering streaming string
    summarizing swimming teaching testing timing tracking trading training tuning tutoring understanding voting
    walking writing
""")
"""Words in -ing that a name may begin with or hold."""

NOUNS_LIKE_ADJECTIVES = _words("""
    acoustic aerodynamic aesthetic analytic animal antibiotic appraisal approval archive arithmetic arrival avionic
    betrayal bible binomial biometric bionic cable canal capital ceramic characteristic chemical clinic consumable
    coral cosmic critic crystal deliverable derivative diagnostic dial dialogical disposal drive dynamic economic
    electronic epidemic ethic executable fabric festival forensic functional genomic goal graphic haptic heuristic
    hive hospital hydrodynamic incentive informatic initiative integral interval ionic journal kinematic linguistic
    logic logistic magic manual material mathematic mechanic memorial metal metric mineral mosaic music narrative
    negative optic pandemic pathetic pharmaceutical photonic physic plasmonic plastic politic polynomial portal
    positive potential pragmatic primitive prognostic proposal proteomic public radical referral removal renewable
    renewal retrieval rival robotic semantic signal spintronic statistic survival syllable table terminal
    therapeutic thermodynamic topic traffic trial tropic tutorial variable vegetable vial vocal wearable withdrawal
""")
"""Nouns that end as adjectives do."""

SAYING_NOTHING = _phrases("""
    ablation study | ai model | ai research | ai system | ai technology | ai tool | ar model |
    artificial intelligence | artificial intelligence ai | attention mechanism | base model | case study | chat gpt
    | classification model | closed source model | code base | code generation model | computer vision |
    computing resource | control system design | data distribution | data generation | data point | decision maker |
    decision making process | deep learning | deep learning model | deep neural network | deepseek r1 |
    detection model | domain expert | downstream task performance | embedding space | empirical study |
    feature extraction | feature map | feature representation | feature space | fine tuned model | foundation model
    | frontier model | generation model | generative ai | generative model | gpt 4 | gpt 4o | ground truth |
    hidden state | high quality data | high resource language | human annotator | human evaluation | human expert |
    human judgment | human preference data | image data | image quality | inference cost | inference time |
    information content | input image | language generation | language learning | language model |
    language model llm | language processing | language understanding | large language | large language model |
    large model | large vision language | latent space | learning algorithm | learning based approach |
    learning model | learning paradigm | learning process | learning rate | llama 3 | llm based | loss function |
    machine learning | machine learning algorithm | machine learning model | machine learning technique |
    model architecture | model capacity | model family | model output | model parameter | model response |
    model size | model training | model weight | multi head attention | multi modal data |
    multi modal large language | multi stage training | multimodal data | multimodal large language |
    natural language | natural language processing | neural model | neural network | object category |
    objective function | open source | open source code | open source model | open weight model |
    optimization algorithm | optimization problem | parameter count | parameter model | pre trained model |
    pre training data | prediction model | prior knowledge | proprietary model | qwen 2 | real data | real image |
    search space | segmentation model | self attention | self attention mechanism | social media platform |
    source code | stage training | state space | student model | synthetic data generation pipeline | target model |
    task completion | teacher model | temporal resolution | test data | test set | text data | text generation model
    | text prompt | textual information | time series data | training data | training process | training sample |
    training set | training stage | training strategy | transformer architecture | transformer based model |
    transformer model | upper bound | user experience | user intent | user privacy | user query | user study |
    value survey | video content | video data | vision model | vision transformer model | visual content |
    visual information | wall clock | word problem
""")
"""Whole phrases, folded, that stand in every other paper and name no subject."""
