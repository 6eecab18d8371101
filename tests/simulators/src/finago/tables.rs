//! The tables behind [`super::schema`]: one type a line.

/// Types and operations that have members.
pub const ALL: [&str; 4] = [AUTHENTICATE, PRODUCT, INVOICE, COMPANY];

/// Operations whose request has no members.
pub const EMPTY: [&str; 5] =
    ["HasSession", "GetIdentity", "GetIdentities", "GetDeliveryMethods", "GetClientInformation"];

const AUTHENTICATE: &str = "
    Login = credential:Credential
    LoginResponse = LoginResult:string
    HasSessionResponse = HasSessionResult:boolean!
    GetIdentityResponse = GetIdentityResult:Identity
    GetIdentitiesResponse = GetIdentitiesResult:ArrayOfIdentity
    GetIdentitiesWithCredential = credential:Credential
    GetIdentitiesWithCredentialResponse = GetIdentitiesWithCredentialResult:ArrayOfIdentity
    SetIdentity = identity:Identity
    SetIdentityResponse = SetIdentityResult:boolean!
    SetIdentityById = identityId:guid!
    SetIdentityByIdResponse = SetIdentityByIdResult:boolean!
    Credential = ApplicationId:guid! IdentityId:guid Password:string Username:string
    ArrayOfIdentity = Identity:Identity~*
    Identity = Id:guid! User:User Client:Client IsCurrent:boolean! IsDefault:boolean! IsProtected:boolean! Servers:ArrayOfServer IsDisabled:boolean=false
    User = ContactId:int Id:guid Name:text EmployeeId:int
    Client = Id:long! Name:string
    ArrayOfServer = Server:Server~*
    Server = Id:int! Type:int!
    GetClientInformationResponse = GetClientInformationResult:ClientInformation
    ClientInformation = AddressList:Addresses Country:string EmailAddressList:EmailAddresses IsUsingFactoring:boolean! Name:string PhoneNumberList:PhoneNumbers ReminderDays:int! ReminderDays2:int! ReminderDays3:int! UserId:long! OrganizationNumber:string DefaultCurrency:text
";

const PRODUCT: &str = "
    GetProducts = searchParams:ProductSearchParameters returnProperties:ArrayOfString
    GetProductsResponse = GetProductsResult:ArrayOfProduct
    SaveProducts = products:ArrayOfProduct
    SaveProductsResponse = SaveProductsResult:ArrayOfProduct
    SetStockQuantity = productId:int! stockQuantity:decimal!
    SetStockQuantityResponse = SetStockQuantityResult:boolean!
    ProductSearchParameters = Id:int CategoryId:int No:text EAN1:text Name:text Price:decimal DateChanged:dateTime ProductIds:ArrayOfInt
    ArrayOfProduct = Product:Product~*
    Product = CashPriceIncTax:double WebPrice:decimal SupplierId:int Id:int Name:text TaxRate:decimal Stock:decimal StatusId:int CategoryId:int PriceGroupID:int InPrice:decimal Description:text DescriptionLong:text Cost:decimal EAN1:text Price:decimal No:text DateChanged:dateTime APIException:APIException Weight:decimal MinimumStock:decimal OrderProposal:decimal StockLocation:text SupplierProductCode:text SupplierProductName:text Web:boolean~ ProductCode:text StockControlled:boolean~ NewOffer:boolean~ NewProduct:boolean~
    ArrayOfInt = int:int*
    ArrayOfString = string:string~*
    APIException = Type:string Message:string StackTrace:string
";

const INVOICE: &str = "
    GetInvoices = searchParams:InvoiceSearchParameters invoiceReturnProperties:ArrayOfString rowReturnProperties:ArrayOfString
    GetInvoicesResponse = GetInvoicesResult:ArrayOfInvoiceOrder
    SaveInvoices = invoices:ArrayOfInvoiceOrder
    SaveInvoicesResponse = SaveInvoicesResult:ArrayOfInvoiceOrder
    UpdateInvoices = invoices:ArrayOfInvoiceOrder
    UpdateInvoicesResponse = UpdateInvoicesResult:ArrayOfInvoiceOrder
    GetOrderSyncList = syncParams:InvoiceSyncParameters
    GetOrderSyncListResponse = GetOrderSyncListResult:ArrayOfInt
    GetDeliveryMethodsResponse = GetDeliveryMethodsResult:ArrayOfDeliveryMethod
    InvoiceSearchParameters = CustomerIds:ArrayOfInt ChangedAfter:dateTime OrderStates:ArrayOfOrderSlipStateType InvoiceIds:ArrayOfInt OrderIds:ArrayOfInt ExternalStatus:ArrayOfInt
    InvoiceSyncParameters = ChangedAfter:dateTime RegisteredAfter:dateTime!
    ArrayOfOrderSlipStateType = OrderSlipStateType:OrderSlipStateType*
    ArrayOfInvoiceOrder = InvoiceOrder:InvoiceOrder~*
    InvoiceOrder = OrderId:int CustomerId:int CustomerName:text CustomerDeliveryName:string CustomerDeliveryPhone:text Addresses:Addresses OrderStatus:OrderSlipStateType=Web InvoiceId:int DateOrdered:dateTime DateInvoiced:dateTime DateChanged:dateTime PaymentTime:int CustomerReferenceNo:text ProjectId:int OurReference:int IncludeVAT:boolean!~ YourReference:text OrderTotalIncVat:decimal OrderTotalVat:decimal InvoiceTitle:text InvoiceText:text Paid:dateTime OCR:text CustomerOrgNo:text Currency:Currency PaymentMethodId:int PaymentAmount:decimal ProductionManagerId:int SalesOpportunityId:int TypeOfSaleId:int Distributor:Distributor=Default DistributionMethod:DistributionMethod=Unchanged DepartmentId:int ExternalStatus:int InvoiceEmailAddress:text InvoiceRows:ArrayOfInvoiceRow APIException:APIException ProductionNumber:text DeliveryDate:dateTime ReferenceInvoiceId:int ReferenceOrderId:int ReferenceNumber:text SkipStock:boolean=false AccrualDate:dateTime AccrualLength:int RoundFactor:decimal InvoiceTemplateId:guid VippsNumber:text DeliveryMethod:DeliveryMethod DeliveryAlternative:text SendToFactoring:boolean~ Commission:decimal UserDefinedDimensions:ArrayOfUserDefinedDimension GLNNumber:text CustomerDeliveryId:int
    ArrayOfInvoiceRow = InvoiceRow:InvoiceRow~*
    InvoiceRow = ProductId:int RowId:int VatRate:decimal Price:decimal Name:text DiscountRate:decimal Quantity:decimal QuantityDelivered:decimal QuantityOrdered:decimal QuantityRest:decimal Cost:decimal ChangeState:ChangeState=None TypeGroupId:int SequenceNumber:short Hidden:boolean=false Type:RowType=Normal InPrice:decimal AccrualDate:dateTime AccrualLength:int AccountProject:boolean~ ProjectId:int DepartmentId:int ProductNo:text TaxSettings:TaxSettings UserDefinedDimensions:ArrayOfUserDefinedDimension SerialNumber:string
    Addresses = Post:Address Delivery:Address Visit:Address Invoice:Address
    Address = Street:string State:string PostalCode:string PostalArea:string Name:string City:string Country:string
    Currency = Rate:decimal=1 Unit:short=1 Symbol:text
    TaxSettings = TaxAccount:int TaxCode:int TaxRate:decimal
    ArrayOfUserDefinedDimension = UserDefinedDimension:UserDefinedDimension~*
    UserDefinedDimension = TypeId:int Name:text Value:text
    ArrayOfDeliveryMethod = DeliveryMethod:DeliveryMethod~*
    DeliveryMethod = Id:int Description:text
";

const COMPANY: &str = "
    GetCompanies = searchParams:CompanySearchParameters returnProperties:ArrayOfString
    GetCompaniesResponse = GetCompaniesResult:ArrayOfCompany
    GetCompanySyncList = syncSearchParameters:SyncSearchParameters
    GetCompanySyncListResponse = GetCompanySyncListResult:PageOfSyncCompany
    CompanySearchParameters = ExternalId:string CompanyId:int CompanyIds:ArrayOfInt CompanyName:text ChangedAfter:dateTime CompanyEmail:text CompanyPhone:text OrganizationNumber:text
    SyncSearchParameters = Page:int Active:boolean!~ ChangedAfter:dateTime RegisteredAfter:dateTime
    PageOfSyncCompany = CurrentPage:long! TotalPages:long! TotalItems:long! ItemsPerPage:long! Items:ArrayOfSyncCompany
    ArrayOfSyncCompany = SyncCompany:SyncCompany~*
    SyncCompany = CompanyId:int ExternalId:text DateChanged:dateTime DateRegistered:dateTime! Active:boolean!
    ArrayOfCompany = Company:Company~*
    Company = APIException:APIException Id:int ExternalId:text OrganizationNumber:text Name:text FirstName:text NickName:text Addresses:Addresses PhoneNumbers:PhoneNumbers EmailAddresses:EmailAddresses Url:text Country:text Note:text InvoiceLanguage:text Type:CompanyType=None Username:text Password:text IncorporationDate:dateTime DateCreated:dateTime Status:int PriceList:int Owner:int BankAccountNo:text BankAccountType:text BankAccountCountry:text BankAccountBic:text TermsOfDeliveryId:int AccountDebit:short=0 AccountCredit:short=0 Discount:decimal=0.0 TypeGroup:int ShareCapital:decimal NumberOfEmployees:int Turnover:decimal Profit:decimal IndustryId:int MemberNo:int DateChanged:dateTime BlockInvoice:boolean=false Relations:ArrayOfRelation Maps:ArrayOfCompanyMap DistributionMethod:DistributionMethod=Unchanged CurrencyId:CurrencyType=LOCAL PaymentTime:short GlnNumber:text Factoring:boolean~ LedgerCustomerAccount:short LedgerSupplierAccount:short VatNumber:text Private:boolean~ ExplicitlySpecifyNewCompanyId:boolean~
    PhoneNumbers = Home:PhoneNumber Fax:PhoneNumber Mobile:PhoneNumber Primary:PhoneNumber Work:PhoneNumber
    PhoneNumber = Description:string Value:string
    EmailAddresses = Home:EmailAddress Invoice:EmailAddress Primary:EmailAddress Work:EmailAddress Alternative:EmailAddress
    EmailAddress = Description:string Name:string Value:string
    ArrayOfRelation = Relation:Relation~*
    Relation = ContactId:int CompanyId:int FirstName:text LastName:text Role:text RoleId:int PhoneNumbers:PhoneNumbers EmailAddresses:EmailAddresses Fax:text
    ArrayOfCompanyMap = CompanyMap:CompanyMap~*
    CompanyMap = MapType:int! ExternalId:string CompanyId:int!
";
