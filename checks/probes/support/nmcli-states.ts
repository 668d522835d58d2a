/**
 * The words of `nmcli device` for the state of a device, as NetworkManager 1.42 translates them (its po/*.po files).
 * By language: the word for `unmanaged`, then the words for every other state, divided by `|`. A state that a language
 * leaves untranslated is printed in English. The state `unknown` is left out, because it tells nothing.
 */
const WORDS: Readonly<Record<string, string>> = {
  C: 'unmanaged|unavailable|disconnected|connecting (prepare)|connecting (configuring)|connecting (need authentication)|connecting (getting IP configuration)|connecting (checking IP connectivity)|connecting (starting secondary connections)|connected|deactivating|connection failed|connecting (externally)|connected (externally)|deactivating (externally)',
  as: 'অব্যৱস্থাপিত|উপলব্ধ নাই|বিচ্ছিন্নিত|সংযোগ কৰা হৈছে (প্ৰস্তুত হওক)|সংযোগ কৰা (সংৰূপণ কৰা)|সংযোগ কৰা (প্ৰমাণীকৰণৰ প্ৰয়োজন)|সংযোগ কৰা (IP সংৰূপ প্ৰাপ্ত কৰা)|সংযোগ কৰা (IP সংযোগ নিৰীক্ষণ কৰা)|সংযোগ কৰা (দ্বিতীয় সংযোগসমূহ আৰম্ভ কৰা)|সংযুক্ত|নিষ্ক্ৰিয় কৰা হৈছে|সংযোগ ব্যৰ্থ',
  bg: 'не се управлява|не е налично|без връзка|свързване (подготовка)|свързване (настройка)|свързване (нужна е идентификация)|свързване (получаване на настройките за IP)|има връзка|неуспешно свързване',
  bn_IN:
    'পরিচালিত নয়|উপলব্ধ নয়|বিচ্ছিন্ন|সংযোগ করা হচ্ছে (প্রস্তুতি)|সংযোগ করা হচ্ছে (কনফিগার করা হচ্ছে)|সংযোগ করা হচ্ছে (অনুমোদন প্রয়োজন)|সংযোগ করা হচ্ছে (IP কনফিগারেশন প্রাপ্ত করা হচ্ছে)|সংযোগ করা হচ্ছে (IP সংযোগ প্রাপ্ত করা হচ্ছে)|সংযোগ করা হচ্ছে (দ্বিতীয় সংযোগ আরম্ভ করা হচ্ছে)|সংযোগ স্থাপিত|নিষ্ক্রিয় করা হচ্ছে|সংযোগ বিফল',
  ca: "sense gestió|no disponible|desconnectat|s'està connectant (preparació)|s'està connectant (configuració)|s'està connectant (cal autenticació)|s'està connectant (obtenció de la configuració IP)|s'està connectant (s'està verificant la connectivitat IP)|s'està connectant (s'estan iniciant les connexions secundàries)|connectat|s'està desactivant|no s'ha pogut connectar",
  cs: 'není pod správou|nedostupné|odpojeno|připojuje se (příprava)|připojuje se (nastavování)|připojuje se (požadováno ověření)|připojuje se (získává se nastavení IP)|připojuje se (kontroluje se kontektivita IP)|připojuje se (spouští se sekundární připojení)|připojeno|deaktivuje se|připojení se nezdařilo',
  da: 'uhåndteret|utilgængelig|afbrudt|forbinder (forbereder)|forbinder (konfigurerer)|opretter forbindelse (behøver godkendelse)|forbinder (henter IP-konfiguration)|opretter forbindelse (tjekker IP-forbindelse)|opretter forbindelse (starter sekundære forbindelser)|tilsluttet|deaktiverer|forbindelse mislykkedes|opretter forbindelse (eksternt)|forbundet (eksternt)|deaktiverer (eksternt)',
  de: 'nicht verwaltet|nicht verfügbar|nicht verbunden|wird verbunden (wird vorbereitet)|wird verbunden (wird eingerichtet)|wird verbunden (Legitimierung wird benötigt)|wird verbunden (IP-Einstellungen werden ermittelt)|wird verbunden (IP-Funktionalität wird geprüft)|wird verbunden (Zweitverbindungen werden gestartet)|verbunden|wird deaktiviert|Verbindung fehlgeschlagen',
  el: 'χωρίς διαχείριση|μη διαθέσιμη|αποσυνδέθηκε|σύνδεση (προετοιμασία)|σύνδεση (διαμόρφωση)|σύνδεση (απαιτείται πιστοποίηση)|σύνδεση (γίνεται λήψη ρυθμίσεων IP)|σύνδεση (γίνεται έλεγχος συνδεσιμότητας της IP)|σύνδεση (γίνεται εκκίνηση των δευτερευουσών συνδέσεων)|συνδέθηκε|απενεργοποίηση|αποτυχία σύνδεσης',
  eo: 'nemastrumata|nedisponebla|nekonektita|konektas (preparo)|konektas (agordado)|konektas (bezonas aŭtentigon)|konektas (akiras IP-agordaron)|konektita|malaktivigante|konekto malsukcesis',
  es: 'sin gestión|no disponible|desconectado|conectando (preparar)|conectando (configurando)|conectando (necesita autentificación)|conectando (obteniendo configuración IP)|conectando (comprobando conectividad IP)|conectando (iniciando conexiones secundarias)|conectado|desactivando|la conexión falló',
  eu: 'kudeatu gabea|ez dago erabilgarri|deskonektatuta|konektatzen (prestatzen)|konektatzen (konfiguratzen)|konektatzen (autentifikazioa behar da)|konektatzen (IParen konfigurazioa lortzen)|konektatuta|konexioak huts egin du',
  fi: 'hallinnoimaton|yhdistetään (valmistellaan)|yhdistetään (määritellään)|yhdistetään (tarvitsee valtuutuksen)|yhdistetään (haetaan IP määrittelyjä)|yhdistää (tarkastaa IP yhteyttä)|yhdistää (käynnistää toisen tason yhteydet)|yhdistäminen epäonnistui',
  fr: 'non-géré|indisponible|déconnecté|connexion (préparation)|connexion (configuration)|connexion (authentification requise)|connexion (obtention de la configuration IP)|connexion (contrôle de la connectivité IP)|connexion (démarrage des connexions secondaires)|connecté|désactivation|échec de la connexion|connexion (externe)|connecté (en externe)|désactivation (externe)',
  gd: "gun stiùireadh|chan eil e ri fhaighinn|air a dhì-cheangal|'ga cheangal ('ga ullachadh)|'ga cheangal ('ga rèiteachadh)|'ga cheangal (feumach air dearbhadh)|'ga cheangal (a' faighinn rèiteachadh IP)|'ga cheangal (a' dearbhadh comas-ceangail IP)|'ga cheangal (a' tòiseachadh ceanglaichean dàrnach)|ceangailte|'ga chur à gnìomh|dh'fhàillig leis a' cheangal",
  gl: 'non xestionada|non dispoñíbel|desconectado|conectando (preparando)|conectando (configurando)|conectando (precisa autenticación)|conectando (obtendo a configuración IP)|conectando (comprobando conectividade IP)|conectando (iniciando conexións secundarias)|conectado|desactivando|produciuse un fallo na conexión',
  gu: 'અસંચાલિત થયેલ|ઉપલબ્ધ નથી|તૂટેલ જોડાણ|જોડાઇ રહ્યા છે (તૈયાર કરો)|જોડાઇ રહ્યા છે (રૂપરેખાંકિત કરી રહ્યા છે)|જોડાઇ રહ્યા છે (સત્તાધિકરણની જરૂર છે)|જોડાઇ રહ્યા છે (IP રૂપરેખાંકનને મેળવી રહ્યા છે)|જોડાઇ રહ્યા છે (IP જોડાણને ચકાસી રહ્યા છે)|જોડાઇ રહ્યા છે (ગૌણ જોડાણો શરૂ કરી રહ્યા છે)|જોડાયેલ|નિષ્ક્રિય કરી રહ્યા છે|જોડાણ નિષ્ફળ',
  hi: 'अप्रबंधित|अनुपलब्ध|डिसकनेक्टेड|कनेक्टिंग (तैयार)|कनेक्टिंग (विन्यस्त कर रहा है)|कनेक्टिंग (सत्यापन जरूरी)|कनेक्टिंग (IP विन्यास पा रहा है)|कनेक्टिंग (IP कनेक्शन जाँच रहा है)|जुड़ रहा हैं (माध्यमिक कनेक्शन शुरू करने के लिए)|कनेक्टेड|अक्रिय कर रहा है|कनेक्शन विफल',
  hr: 'neupravljan|nedostupan|nije povezano|povezivanje (priprema)|povezivanje (podešavanje)|povezivanje (potrebna ovjera)|povezivanje (dohvat IP podešavanja)|povezivanje (provjera IP povezivosti)|povezivanje (pokretanje pomoćnih povezivanja)|povezan|deaktiviram|neuspjelo povezivanje|povezivanje (vanjsko)|povezano (vanjski)|deaktiviranje (vanjsko)',
  hu: 'nem kezelt|nem érhető el|leválasztva|kapcsolódás (előkészítés)|kapcsolódás (beállítás)|kapcsolódás (hitelesítés szükséges)|kapcsolódás (IP-beállítások lekérése)|kapcsolódás (IP-összekapcsolhatóság ellenőrzése)|kapcsolódás (másodlagos kapcsolatok indítása)|kapcsolódva|kikapcsolás|kapcsolódás sikertelen|kapcsolódás (külsőleg)|kapcsolódva (külsőleg)|kikapcsolás (külsőleg)',
  id: 'tak dikelola|tak tersedia|terputus|sedang menyambung (bersiap)|sedang menyambung (sedang menata)|sedang menyambung (perlu otentikasi)|sedang menyambung (sedang mengambil konfigurasi IP)|sedang menyambung (memeriksa konektivitas IP)|sedang menyambung (memulai koneksi sekunder)|terhubung|menonaktifkan|koneksi gagal',
  it: 'non gestito|non disponibile|disconnesso|connessione in corso (preparazione)|connessione in corso (configurazione)|connessione in corso (autenticazione necessaria)|connessione in corso (acquisizione configurazione IP)|connessione in corso (verifica connettività IP)|connessione in corso (avvio connessioni secondarie)|collegato|disattivazione|connessione non riuscita',
  ja: '管理無し|利用不可|切断済み|接続中 (準備)|接続中 (設定中)|接続中 (認証が必要)|接続中 (IP 設定を取得中)|接続中 (IP の接続性チェック)|接続中 (セカンダリー接続を開始)|接続済み|停止中|接続に失敗|接続 (外部)|接続済み (外部)|非アクティブ化 (外部)',
  ka: 'უმართავი|მიუწვდომელი|გათიშულია|დაკავშირება (მომზადება)|შეერთება (მორგება)|დაკავშირება (საჭიროა ავთენტიკაცია)|შეერთება (IP კონფიგურაციის მიღება)|დაკავშირება (IP კავშირის შემოწმება)|დაკავშირება (მეორადი კავშირების გაშვება)|დაკავშირებულია|დეაქტივაცია|შეერთების შეცდომა|შეერთება (გარე)',
  kn: 'ನಿರ್ವಹಿಸದೆ ಇರುವ|ಲಭ್ಯವಿಲ್ಲ|ಸಂಪರ್ಕಕಡಿದು ಹೋಗಿದೆ|ಸಂಪರ್ಕ ಕಲ್ಪಿಸಲಾಗುತ್ತಿದೆ (ಸಿದ್ಧಗೊಳಿಕೆ)|ಸಂಪರ್ಕ ಕಲ್ಪಿಸಲಾಗುತ್ತಿದೆ (ಸಂರಚಿಸುವಿಕೆ)|ಸಂಪರ್ಕ ಕಲ್ಪಿಸಲಾಗುತ್ತಿದೆ (ದೃಢೀಕರಣದ ಅಗತ್ಯವಿದೆ)|ಸಂಪರ್ಕ ಕಲ್ಪಿಸಲಾಗುತ್ತಿದೆ (IP ಸಂರಚನೆಯನ್ನು ಪಡೆಯಲಾಗುತ್ತಿದೆ)|ಸಂಪರ್ಕ ಕಲ್ಪಿಸಲಾಗುತ್ತಿದೆ (IP ಸಂಪರ್ಕವನ್ನು ಪರಿಶೀಲಿಸಲಾಗುತ್ತಿದೆ)|ಸಂಪರ್ಕ ಕಲ್ಪಿಸಲಾಗುತ್ತಿದೆ (ಎರಡನೆಯ ಸಂರಚನೆಯನ್ನು ಆರಂಭಿಸಲಾಗುತ್ತಿದೆ)|ಸಂಪರ್ಕಗೊಂಡಿದೆ|ನಿಷ್ಕ್ರಿಯಗೊಳ್ಳುತ್ತಿದೆ|ಸಂಪರ್ಕ ವಿಫಲಗೊಂಡಿದೆ',
  ko: '관리되지 않음|사용할 수 없음|연결 끊겼음|연결 중 (준비)|연결 중 (설정 중)|연결 중 (인증 필요)|연결 중 (IP 설정 가져오는 중)|연결 중 (IP 연결 확인하는 중)|연결 중 (보조 연결 시작하는 중)|연결됨|비활성화 중|연결 실패|연결 중 (외부)|연결됨 (외부)|비활성화 중 (외부)',
  lt: 'nevaldomas|neprieinamas|atjungtas|jungiamasi (ruošiama)|jungiamasi (konfigūruojama)|jungiamasi (reikia nustatyti tapatybę)|jungiamasi (gaunama IP konfigūracija)|jungiamasi (tikrinamas IP jungiamumas)|jungiamasi (paleidžiami antriniai prisijungimai)|prisijungta|deaktyvuojama|prisijungti nepavyko',
  ml: 'കൈകാര്യം ചെയ്തിട്ടില്ലാത്തതു്|ലഭ്യമല്ലാത്തതു്|വിഛേദിച്ചിരിക്കുന്നു|കണക്ട് ചെയ്യുന്നു (തയ്യാറാക്കുക)|കണക്ട് ചെയ്യുന്നു (ക്രമീകരിക്കുന്നു)|കണക്ട് ചെയ്യുന്നു (ആധികാരികത ഉറപ്പാക്കേണ്ടതുണ്ടു്)|കണക്ട് ചെയ്യുന്നു (ഐപി ക്രമീകരണം ലഭ്യമാക്കുന്നു)|കണക്ട് ചെയ്യുന്നു (ഐപി കണക്ടിവിറ്റി പരിശോധിക്കുന്നു)|കണക്ട് ചെയ്യുന്നു (രണ്ടാംഘട്ടത്തിലുള്ള കണക്ഷന്‍ തുടങ്ങുന്നു)|കണക്ട് ചെയ്തിരിക്കുന്നു|സജീവമല്ലാതാക്കുന്നു|കണക്ഷന്‍ പരാജയപ്പെട്ടു',
  mr: 'अव्यवस्थापीत|अनुपल्बध|खंडीत|जोडणी (तयार करत आहे)|जोडणी (संरचीत करत आहे)|जोडणी (ओळख पटवणे आवश्यक आहे)|जोडणी (IP संरचना प्राप्त करत आहे)|जोडणी करत आहे (IP जोडणी तपासत आहे)|जोडणी (दुसरी जोडणी सुरू करत आहे)|जोडणी यशस्वी|बंद करत आहे|जोडणी अपयशी',
  nl: 'onbeheerd|niet beschikbaar|niet verbonden|verbinden (voorbereiden)|verbinden (configureren)|verbinden (authenticatie vereist)|verbinden (IP-configuratie ophalen)|verbinden (IP-verbinding controleren)|verbinden (starten van secundaire verbindingen)|verbonden|deactiveren|verbinden mislukt',
  oc: 'pas gerit|indisponible|desconnectat|connexion (preparar)|connexion (configuracion)|connexion (autentificacion requesida)|connexion (obtencion de la configuracion IP)|connexion (contraròtle de la connectivitat IP)|connexion (aviada de las connexions segondàrias)|connectat|desactivacion|fracàs de la connexion',
  or: 'ଅପରିଚାଳିତ|ଅନୁପଲବ୍ଧ|ସଂଯୋଗ ବିଚ୍ଛିନ୍ନ ହୋଇଛି|ସଂଯୋଗ କରୁଅଛି (ପ୍ରସ୍ତୁତ)|ସଂଯୋଗ କରୁଅଛି (ବିନ୍ୟାସ କରୁଅଛି)|ସଂଯୋଗ କରୁଅଛି (ବୈଧିକରଣ ଆବଶ୍ୟକ)|ସଂଯୋଗ କରୁଅଛି (IP ସଂରଚନା ଗ୍ରହଣ କରୁଅଛି)|ସଂଯୋଗ କରୁଅଛି (IP ସଂଯୋଜକତାକୁ ଯାଞ୍ଚ କରୁଅଛି)|ସଂଯୋଗ କରୁଅଛି (ଦ୍ୱିତୀୟକ ସଂଯୋଗଗୁଡ଼ିକୁ ଆରମ୍ଭ କରୁଅଛି)|ସଂଯୋଗ ସ୍ଥାପିତ ହେଲା|ନିଷ୍କ୍ରିୟ କରୁଅଛି|ସଂଯୋଗ ବିଫଳ ହୋଇଛି',
  pa: 'ਬਿਨ-ਪਰਬੰਧ|ਨਾ-ਉਪਲੱਬਧ|ਡਿਸ-ਕਨੈਕਟ ਕੀਤਾ|ਕਨੈਕਟ ਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ (ਤਿਆਰੀ)|ਕਨੈਕਟ ਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ (ਸੰਰਚਨਾ ਜਾਰੀ)|ਕਨੈਕਟ ਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ (ਪਰਮਾਣਿਕਤਾ ਦੀ ਲੋੜ)|ਕਨੈਕਟ ਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ (IP ਸੰਰਚਨਾ ਲਈ ਜਾ ਰਹੀ ਹੈ)|ਕਨੈਕਟ ਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ (IP ਕੁਨੈਕਸ਼ਨ ਜਾਂਚਿਆ ਜਾ ਰਿਹਾ ਹੈ)|ਕਨੈਕਟ ਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ (ਸੈਕੰਡਰੀ ਕੁਨੈਕਸ਼ਨ ਸ਼ੁਰੂ ਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ)|ਕਨੈਕਟ ਹੋਇਆ|ਨਾ-ਸਰਗਰਮਕੀਤਾ ਜਾ ਰਿਹਾ ਹੈ|ਕਨੈਕਸ਼ਨ ਅਸਫਲ ਹੋਇਆ',
  pl: 'niezarządzane|niedostępne|rozłączono|łączenie (przygotowanie)|łączenie (konfigurowanie)|łączenie (wymaga uwierzytelnienia)|łączenie (pobieranie konfiguracji adresu IP)|łączenie (sprawdzanie łączności IP)|łączenie (uruchamianie drugorzędnych połączeń)|połączono|dezaktywowanie|połączenie się nie powiodło',
  pt_BR:
    'não gerenciável|não disponível|desconectado|conectando (preparando)|conectando (configurando)|conectando (precisa de autenticação)|conectando (obtendo configuração de IP)|conectando (verificando conectividade de IP)|conectando (iniciando conexões secundárias)|conectado|desativando|falha na conexão',
  ro: 'neadministrat|indisponibil|deconectat|se conectează (pregătire)|se conectează (configurare)|se conectează (trebuie autentificare)|se conectează (obținere configurări IP)|se conectează (verificare conectivitate IP)|se conectează (pornire conexiuni secundare)|conectat|se dezactivează|conexiunea a eșuat|se conectează (extern)|conectat (extern)|se dezactivează (extern)',
  ru: 'без управления|недоступно|отключено|идёт подключение (подготовка)|идёт подключение (настройка)|идёт подключение (требуется аутентификация)|идёт подключение (получение конфигурации IP)|идёт подключение (проверка возможности соединения для IP)|идёт подключение (запуск второстепенных подключений)|подключено|деактивация|сбой соединения|идёт подключение (внешнее)|подключено (внешнее)|деактивация (внешняя)',
  sk: 'nespravované|nedostupné|odpojené|pripája sa (príprava)|pripája sa (nastavenia)|pripája sa (autorizácia nutná)|pripája sa (získavam IP adresu)|pripája sa (kontrolujem IP konektivitu)|pripája sa (aktivujú sa sekundárne pripojenia)|pripojené|odpája sa|nepodarilo sa pripojiť',
  sl: 'neupravljano|ni razpoložljivo|povezava je prekinjena|povezovanje  (priprava)|povezovanje (nastavljanje)|povezovanje (zahteva overitev)|povezovanje (pridobivanje nastavitev IP)|povezovanje (preverjanje povezljivosti IP)|povezovanje (zagon drugotnih povezav)|povezano|onemogočanje|povezava je spodletela',
  sr: 'неподешено|недоступно|није повезано|повезујем се (припрема)|повезујем се (подешавам)|повезујем се (потребна пријава)|повезујем се (преузимам ИП подешавања)|повезан|повезивање није успело',
  'sr@latin':
    'nepodešeno|nedostupno|nije povezano|povezujem se (priprema)|povezujem se (podešavam)|povezujem se (potrebna prijava)|povezujem se (preuzimam IP podešavanja)|povezan|povezivanje nije uspelo',
  sv: 'ohanterad|otillgänglig|frånkopplad|ansluter (förbereder)|ansluter (konfigurerar)|ansluter (behöver autentisering)|ansluter (hämtar IP-konfiguration)|ansluter (kontrollerar IP-anslutning)|ansluter (startar sekundära anslutningar)|ansluten|inaktiverar|anslutningen misslyckades',
  ta: 'பராமரிக்கப்படாத|கிடைக்கப்பெறாத|துண்டிக்கப்பட்டது|இணைக்கிறது (தயாராக்கு)|இணைக்கிறது (கட்டமைக்கிறது)|இணைக்கிறது (அங்கீகாரம் தேவை)|இணைக்கிறது (IP கட்டமைப்பை பெறுகிறது)|இணைக்கிறது (IP இணைப்பை சோதிக்கிறது)|இணைக்கிறது (இரண்டாம் நிலை இணைப்புகளைத் தொடங்குகிறது)|இணைக்கப்பட்டது|முடக்குகிறது|இணைக்க முடியவில்லை',
  te: 'నిర్వహించని|అందుబాటులోలేని|అననుసంధానమైన|అనుసంధానమౌచున్నది (సిద్దపడుతోంది)|అనుసంధానమౌచున్నది (ఆకృతీకరించబడుతోంది)|అనుసంధానమౌచున్నది (ధృవీకరణము అవసరము)|అనుసంధానమౌచున్నది (IP ఆకృతీకరణను పొందుచున్నది)|అనుసంధానమౌచున్నది (IP అనుసంధానతను పరిశీలిస్తోంది)|అనుసంధానమౌచున్నది (ద్వితీయ అనుసంధానాలను ప్రారంభిస్తోంది)|అనుసంధానమైంది|క్రియాహీనంచేస్తోంది|అనుసంధానము విఫలమైంది',
  tr: 'yönetilmeyen|mevcut değil|bağlantı kesildi|bağlanıyor (hazırlama)|bağlanıyor (yapılandırılıyor)|bağlanıyor (kimlik doğrulama gerekiyor)|bağlanıyor (IP yapılandırması alınıyor)|bağlanılıyor (IP bağlanılırlığı denetleniyor)|bağlanılıyor (ikincil bağlantılar başlatılıyor)|bağlandı|etkisizleştiriliyor|bağlantı başarısız',
  uk: "некерований|недоступний|роз'єднано|з'єднання (приготування)|з'єднання (налаштовування)|з'єднання (потрібне розпізнавання)|з'єднання (отримання налаштувань IP)|з'єднання (перевірка можливості з'єднання)|з'єднання (встановлення другорядних з'єднань)|з'єднано|деактивація|невдала спроба з'єднання|з'єднання (ззовні)|з'єднано (ззовні)|деактивація (ззовні)",
  zh_CN:
    '未托管|不可用|已断开|连接中（准备）|连接中（正在配置）|连接中（需要验证）|连接中（正在获取 IP 配置）|连接中（正在检查 IP 连接性）|连接中（正在启动次级连接）|已连接|停用中|连接失败|连接（外部）|取消激活（外部）',
  zh_TW:
    '不受管理|無法使用|離線|連線中（準備）|連線中（配置中）|連線中（需要身份認證）|連線中（正在取得 IP 配置）|正在連線（正在檢查 IP 連線）|正在連線（正在啟用次要連線）|已連線|正在停用|連線失敗',
};

const columns = Object.values(WORDS).map((line) => line.split('|'));
const UNMANAGED: ReadonlySet<string> = new Set(columns.map(([first = '']) => first));
const MANAGED: ReadonlySet<string> = new Set(columns.flatMap((words) => words.slice(1)));

/** Whether a state means that NetworkManager manages the device; null in a language that is not known. */
export function managedState(state: string): boolean | null {
  if (UNMANAGED.has(state)) return false;
  return MANAGED.has(state) ? true : null;
}

/** The longest known state with which a text begins, as in `connected to eth0`; null when it begins with none. */
export function leadingState(text: string): string | null {
  const words = text.split(' ').slice(0, 12);
  for (let count = words.length; count > 0; count -= 1) {
    const state = words.slice(0, count).join(' ');
    if (managedState(state) !== null) return state;
  }
  return null;
}
